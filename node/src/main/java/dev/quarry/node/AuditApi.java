package dev.quarry.node;

import dev.quarry.crypto.AuditVerification;
import dev.quarry.crypto.LocalKeyService;
import java.util.List;

/// The control API's part about the audit log of keys.
final class AuditApi {
  /// Keeps an answer below a megabyte.
  private static final int MAX_ENTRIES = 1000;

  private static final long USUAL_ENTRIES = 50;

  private final LocalKeyService keys;

  AuditApi(LocalKeyService keys) {
    this.keys = keys;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/v1/key-audit", this::list),
        new Route("GET", "/v1/key-audit/verification", _ -> verify()));
  }

  /// `from` a sequence number, or else the latest entries; at most `limit` of them.
  private ApiReply list(ApiRequest request) {
    Query query = Query.of(request.query(), List.of("from", "limit"));
    int limit = Math.clamp(query.count("limit").orElse(USUAL_ENTRIES), 1, MAX_ENTRIES);
    long from =
        query
            .count("from")
            .orElseGet(() -> Math.max(1, keys.verifyAudit().entryCount() - limit + 1));
    List<JsonObject> entries = keys.auditEntries(from, limit).stream().map(KeyJson::entry).toList();
    return ApiReply.ok(new JsonObject().put("entries", entries));
  }

  private ApiReply verify() {
    AuditVerification found = keys.verifyAudit();
    JsonObject json =
        new JsonObject().put("intact", found.intact()).put("entries", found.entryCount());
    found.firstBad().ifPresent(what -> json.put("firstBad", what));
    return ApiReply.ok(json);
  }
}
