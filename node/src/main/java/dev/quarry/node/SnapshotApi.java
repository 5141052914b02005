package dev.quarry.node;

import dev.quarry.snapshot.SnapshotInfo;
import java.util.List;

/// The control API's part about snapshots. `{snapshot}` is an id.
final class SnapshotApi {
  private final NodeSnapshots snapshots;

  SnapshotApi(NodeSnapshots snapshots) {
    this.snapshots = snapshots;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/v1/snapshots", this::list),
        new Route("POST", "/v1/snapshots", this::create),
        new Route("GET", "/v1/snapshots/{snapshot}", this::show),
        new Route("GET", "/v1/snapshots/{snapshot}/changes", new SnapshotChanges(snapshots)::list));
  }

  private ApiReply list(ApiRequest request) {
    Query query = Query.of(request.query(), List.of("volume"));
    List<SnapshotInfo> found =
        query.text("volume").map(snapshots::listOf).orElseGet(snapshots::list);
    return ApiReply.ok(SnapshotJson.list(found));
  }

  private ApiReply create(ApiRequest request) {
    Parameters parameters =
        Parameters.of(request.body(), List.of("volumes", "description", "tags"));
    List<String> volumes = parameters.list("volumes");
    if (volumes.isEmpty()) {
      throw Parameters.missing("volumes");
    }
    return ApiReply.created(
        SnapshotJson.list(
            snapshots.create(
                volumes, parameters.text("description").orElse(""), parameters.texts("tags"))));
  }

  private ApiReply show(ApiRequest request) {
    SnapshotInfo snapshot = snapshots.show(request.variable("snapshot"));
    return ApiReply.ok(SnapshotJson.snapshot(snapshot, snapshots.progress(snapshot.id())));
  }
}
