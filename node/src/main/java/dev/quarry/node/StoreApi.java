package dev.quarry.node;

import dev.quarry.snapshot.CollectorReport;
import dev.quarry.snapshot.StoreStats;
import java.util.List;

/// The control API's part about the store of a node's snapshots.
final class StoreApi {
  private final NodeCollector collector;

  StoreApi(NodeCollector collector) {
    this.collector = collector;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/v1/store", this::stats),
        new Route("POST", "/v1/store/gc", this::begin),
        new Route("GET", "/v1/store/gc", this::latest));
  }

  private ApiReply stats(ApiRequest request) {
    Query.of(request.query(), List.of());
    StoreStats stats = collector.stats();
    return ApiReply.ok(
        new JsonObject()
            .put("lineages", stats.lineages())
            .put("snapshots", stats.snapshots())
            .put("recycleBinSnapshots", stats.binned())
            .put("pendingSnapshots", stats.pending())
            .put("uncollectedSnapshots", stats.waiting())
            .put("objects", stats.objects())
            .put("dataBytes", stats.dataBytes())
            .put("manifestBytes", stats.manifestBytes())
            .put("otherBytes", stats.otherBytes())
            .put("totalBytes", stats.dataBytes() + stats.manifestBytes() + stats.otherBytes()));
  }

  private ApiReply begin(ApiRequest request) {
    Parameters parameters = Parameters.of(request.body(), List.of("dryRun"));
    return ApiReply.ok(json(collector.begin(parameters.truth("dryRun").orElse(false))));
  }

  private ApiReply latest(ApiRequest request) {
    Query.of(request.query(), List.of());
    return ApiReply.ok(json(collector.latest()));
  }

  private static JsonObject json(NodeCollector.Run run) {
    CollectorReport report = run.report();
    JsonObject json =
        new JsonObject()
            .put("dryRun", run.dryRun())
            .put("state", run.running() ? "running" : "ended")
            .put("lineages", run.lineages())
            .put("lineagesDone", run.done())
            .put("lineagesSkipped", run.skipped());
    if (run.dryRun()) {
      return json.put("wouldFreeBytes", run.wouldFreeBytes());
    }
    return json.put("snapshotsCollected", report.snapshots())
        .put("objectsDeleted", report.objects())
        .put("freedBytes", report.bytes())
        .put("packsRewritten", report.shrunkPacks())
        .put("rewriteFreedBytes", report.shrunkBytes());
  }
}
