package dev.quarry.node;

import dev.quarry.crypto.Caller;
import dev.quarry.crypto.KeyService;
import java.util.List;

/// The control API's part about the names of keys. `{alias}` is `alias/NAME`, its slashes encoded.
final class AliasApi {
  private static final Caller OWNER = Caller.owner();

  private final KeyService keys;

  AliasApi(KeyService keys) {
    this.keys = keys;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/v1/aliases", _ -> list()),
        new Route("POST", "/v1/aliases", this::create),
        new Route("PUT", "/v1/aliases/{alias}", this::update),
        new Route("DELETE", "/v1/aliases/{alias}", this::delete));
  }

  private ApiReply list() {
    List<JsonObject> all = keys.listAliases(OWNER).stream().map(KeyJson::alias).toList();
    return ApiReply.ok(new JsonObject().put("aliases", all));
  }

  private ApiReply create(ApiRequest request) {
    Parameters parameters = Parameters.of(request.body(), List.of("name", "key"));
    String name = parameters.requiredText("name");
    keys.createAlias(OWNER, name, parameters.requiredText("key"));
    return ApiReply.created(named(name));
  }

  private ApiReply update(ApiRequest request) {
    String name = request.variable("alias");
    String key = Parameters.of(request.body(), List.of("key")).requiredText("key");
    keys.updateAlias(OWNER, name, key);
    return ApiReply.ok(named(name));
  }

  private ApiReply delete(ApiRequest request) {
    String name = request.variable("alias");
    keys.deleteAlias(OWNER, name);
    return ApiReply.ok(new JsonObject().put("name", name));
  }

  private JsonObject named(String name) {
    String keyId = keys.describeKey(OWNER, name).keyId();
    return new JsonObject().put("name", name).put("keyId", keyId);
  }
}
