package dev.quarry.node;

import dev.quarry.shaping.ModifyRequest;
import dev.quarry.volume.NewVolume;
import dev.quarry.volume.VolumeCatalogue;
import dev.quarry.volume.VolumeRecord;
import java.util.List;

/// The control API's part about volumes. `{volume}` is an id or a name.
final class VolumeApi {
  private final VolumeCatalogue volumes;
  private final VolumeRequests requests;
  private final VolumeJson json;

  VolumeApi(VolumeCatalogue volumes, VolumeRequests requests, VolumeJson json) {
    this.volumes = volumes;
    this.requests = requests;
    this.json = json;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/v1/volumes", _ -> ApiReply.ok(json.list(volumes.list()))),
        new Route("POST", "/v1/volumes", this::create),
        new Route("GET", "/v1/volumes/{volume}", this::show),
        new Route("PATCH", "/v1/volumes/{volume}", this::modify),
        new Route("DELETE", "/v1/volumes/{volume}", this::delete));
  }

  private ApiReply create(ApiRequest request) {
    NewVolume asked = requests.create(request.body());
    return ApiReply.created(json.volume(volumes.create(asked)));
  }

  private ApiReply show(ApiRequest request) {
    VolumeRecord volume = named(request);
    return ApiReply.ok(json.volume(volume, volumes.status(volume.id())));
  }

  private ApiReply modify(ApiRequest request) {
    ModifyRequest asked = VolumeRequests.modify(request.body());
    return ApiReply.ok(json.volume(volumes.modify(named(request).id(), asked)));
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
