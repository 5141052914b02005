package dev.quarry.node;

import java.util.List;
import java.util.Optional;

/// The control API's part about the node's settings.
final class SettingsApi {
  private static final String BY_DEFAULT = "encryptionByDefault";
  private static final String DEFAULT_KEY = "defaultKey";

  private final EncryptionDefaults defaults;

  SettingsApi(EncryptionDefaults defaults) {
    this.defaults = defaults;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/v1/settings", _ -> ApiReply.ok(json(defaults.settings()))),
        new Route("PATCH", "/v1/settings", this::change));
  }

  private ApiReply change(ApiRequest request) {
    Parameters parameters = Parameters.of(request.body(), List.of(BY_DEFAULT, DEFAULT_KEY));
    Optional<Boolean> byDefault = parameters.truth(BY_DEFAULT);
    Optional<String> key = parameters.text(DEFAULT_KEY);
    if (byDefault.isEmpty() && key.isEmpty()) {
      throw Parameters.missing(BY_DEFAULT + " or " + DEFAULT_KEY);
    }
    return ApiReply.ok(json(defaults.change(byDefault, key)));
  }

  private static JsonObject json(EncryptionSettings settings) {
    return new JsonObject()
        .put(BY_DEFAULT, settings.byDefault())
        .put(DEFAULT_KEY, settings.defaultKey());
  }
}
