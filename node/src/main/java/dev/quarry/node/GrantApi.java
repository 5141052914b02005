package dev.quarry.node;

import dev.quarry.crypto.Caller;
import dev.quarry.crypto.EncryptionContext;
import dev.quarry.crypto.Grant;
import dev.quarry.crypto.GrantConstraint;
import dev.quarry.crypto.GrantRequest;
import dev.quarry.crypto.KeyOperation;
import dev.quarry.crypto.KeyService;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The control API's part about grants: what others than the owner may do with a key.
final class GrantApi {
  private static final Caller OWNER = Caller.owner();

  private final KeyService keys;

  GrantApi(KeyService keys) {
    this.keys = keys;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/v1/keys/{key}/grants", this::list),
        new Route("POST", "/v1/keys/{key}/grants", this::create),
        new Route("DELETE", "/v1/keys/{key}/grants/{grant}", this::revoke),
        new Route("POST", "/v1/keys/{key}/grants/{grant}/retire", this::retire));
  }

  private ApiReply list(ApiRequest request) {
    List<JsonObject> all =
        keys.listGrants(OWNER, request.variable("key")).stream().map(KeyJson::grant).toList();
    return ApiReply.ok(new JsonObject().put("grants", all));
  }

  /// The token is told here and never again.
  private ApiReply create(ApiRequest request) {
    Grant.Created created = keys.createGrant(OWNER, request.variable("key"), asked(request));
    return ApiReply.created(KeyJson.grant(created.grant()).put("token", created.token()));
  }

  private ApiReply revoke(ApiRequest request) {
    keys.revokeGrant(OWNER, request.variable("key"), request.variable("grant"));
    return gone(request);
  }

  private ApiReply retire(ApiRequest request) {
    keys.retireGrant(OWNER, request.variable("key"), request.variable("grant"));
    return gone(request);
  }

  private static ApiReply gone(ApiRequest request) {
    return ApiReply.ok(new JsonObject().put("id", request.variable("grant")));
  }

  private static GrantRequest asked(ApiRequest request) {
    Parameters parameters =
        Parameters.of(
            request.body(),
            List.of("grantee", "retiring", "operations", "contextEquals", "contextSubset"));
    return new GrantRequest(
        parameters.requiredText("grantee"),
        parameters.text("retiring"),
        operations(parameters.list("operations")),
        constraint(parameters));
  }

  private static Set<KeyOperation> operations(List<String> names) {
    if (names.isEmpty()) {
      throw Parameters.missing("operations");
    }
    return names.stream().map(GrantApi::operation).collect(Collectors.toSet());
  }

  private static KeyOperation operation(String name) {
    return Arrays.stream(KeyOperation.values())
        .filter(operation -> operation.apiName().equals(name))
        .findFirst()
        .orElseThrow(() -> ApiException.malformed("there is no such operation name=" + name));
  }

  private static GrantConstraint constraint(Parameters parameters) {
    var equal = parameters.texts("contextEquals");
    var subset = parameters.texts("contextSubset");
    if (!equal.isEmpty() && !subset.isEmpty()) {
      throw ApiException.malformed("contextEquals and contextSubset exclude each other");
    }
    if (!equal.isEmpty()) {
      return new GrantConstraint.ContextEquals(EncryptionContext.of(equal));
    }
    return subset.isEmpty()
        ? new GrantConstraint.Any()
        : new GrantConstraint.ContextSubset(EncryptionContext.of(subset));
  }
}
