package dev.quarry.node;

import dev.quarry.snapshot.LogBody.LockMode;
import dev.quarry.snapshot.SnapshotInfo;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The control API's part about deleting, keeping and locking snapshots. `{snapshot}` is an id.
final class RetentionApi {
  private final NodeRetention retention;

  RetentionApi(NodeRetention retention) {
    this.retention = retention;
  }

  List<Route> routes() {
    return List.of(
        new Route("DELETE", "/v1/snapshots/{snapshot}", this::delete),
        new Route("GET", "/v1/snapshots/{snapshot}/deletion", this::preview),
        new Route("GET", "/v1/recycle-bin", this::bin),
        new Route("POST", "/v1/recycle-bin/{snapshot}/restore", this::restore),
        new Route("PUT", "/v1/snapshots/{snapshot}/lock", this::lock),
        new Route("DELETE", "/v1/snapshots/{snapshot}/lock", this::unlock));
  }

  /// Answers with the snapshot as it was last.
  private ApiReply delete(ApiRequest request) {
    Query query = Query.of(request.query(), List.of("retainDays"));
    Optional<Duration> keep = query.count("retainDays").map(RetentionApi::days);
    return snapshot(retention.delete(request.variable("snapshot"), keep));
  }

  private ApiReply preview(ApiRequest request) {
    Query.of(request.query(), List.of());
    String id = request.variable("snapshot");
    return ApiReply.ok(
        new JsonObject().put("id", id).put("wouldFreeBytes", retention.wouldFreeBytes(id)));
  }

  private ApiReply bin(ApiRequest request) {
    Query.of(request.query(), List.of());
    return ApiReply.ok(SnapshotJson.list(retention.bin()));
  }

  private ApiReply restore(ApiRequest request) {
    return snapshot(retention.restore(request.variable("snapshot")));
  }

  private ApiReply lock(ApiRequest request) {
    Parameters parameters =
        Parameters.of(
            request.body(), List.of("mode", "durationDays", "expirationDate", "coolOffHours"));
    LockMode mode =
        switch (parameters.requiredText("mode")) {
          case "governance" -> LockMode.GOVERNANCE;
          case "compliance" -> LockMode.COMPLIANCE;
          default ->
              throw new ApiException(
                  400, "InvalidParameterValue", "The lock mode must be governance or compliance");
        };
    OptionalInt coolOff = parameters.smallNumber("coolOffHours");
    return snapshot(
        retention.lock(
            request.variable("snapshot"),
            mode,
            coolOff.isEmpty()
                ? Optional.empty()
                : Optional.of(Duration.ofHours(coolOff.getAsInt())),
            end(parameters)));
  }

  /// A lock ends after some days, or at a time: one of both has to be given.
  private static Instant end(Parameters parameters) {
    OptionalInt days = parameters.smallNumber("durationDays");
    Optional<String> date = parameters.text("expirationDate");
    if (days.isPresent() == date.isPresent()) {
      throw new ApiException(
          400,
          "InvalidParameterCombination",
          "The request must contain one of the parameters durationDays and expirationDate");
    }
    try {
      return days.isPresent()
          ? Instant.now().plus(Duration.ofDays(days.getAsInt()))
          : Instant.parse(date.get());
    } catch (DateTimeException e) {
      throw new ApiException(
          400, "InvalidParameterValue", "The expirationDate must be like 2030-01-31T12:00:00Z");
    }
  }

  private ApiReply unlock(ApiRequest request) {
    return snapshot(retention.unlock(request.variable("snapshot")));
  }

  private static Duration days(long days) {
    return Duration.ofDays(Math.min(days, Integer.MAX_VALUE));
  }

  private static ApiReply snapshot(SnapshotInfo info) {
    return ApiReply.ok(SnapshotJson.snapshot(info, Optional.empty()));
  }
}
