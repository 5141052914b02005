package dev.quarry.node;

import dev.quarry.volume.NewVolume;
import dev.quarry.volume.VolumeCatalogue;
import dev.quarry.volume.VolumeRecord;
import java.util.List;

/// The control API's part about volumes. `{volume}` is an id or a name.
final class VolumeApi {
  private final VolumeCatalogue volumes;
  private final VolumeJson json;

  VolumeApi(VolumeCatalogue volumes, VolumeJson json) {
    this.volumes = volumes;
    this.json = json;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/v1/volumes", _ -> ApiReply.ok(json.list(volumes.list()))),
        new Route("POST", "/v1/volumes", this::create),
        new Route("GET", "/v1/volumes/{volume}", r -> ApiReply.ok(json.volume(named(r)))),
        new Route("PATCH", "/v1/volumes/{volume}", this::modify),
        new Route("DELETE", "/v1/volumes/{volume}", this::delete));
  }

  private ApiReply create(ApiRequest request) {
    NewVolume asked = VolumeRequests.create(request.body());
    return ApiReply.created(json.volume(volumes.create(asked)));
  }

  private ApiReply modify(ApiRequest request) {
    long sizeBytes = VolumeRequests.modify(request.body());
    return ApiReply.ok(json.volume(volumes.resize(named(request).id(), sizeBytes)));
  }

  /// Answers with the volume as it was last.
  private ApiReply delete(ApiRequest request) {
    VolumeRecord volume = named(request);
    volumes.delete(volume.id());
    return ApiReply.ok(json.volume(volume));
  }

  private VolumeRecord named(ApiRequest request) {
    return volumes.describe(request.variable("volume"));
  }
}
