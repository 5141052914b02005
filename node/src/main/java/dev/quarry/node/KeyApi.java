package dev.quarry.node;

import dev.quarry.crypto.Caller;
import dev.quarry.crypto.KeyMetadata;
import dev.quarry.crypto.KeyService;
import dev.quarry.crypto.RotationSchedule;
import dev.quarry.crypto.RotationStatus;
import dev.quarry.volume.VolumeCatalogue;
import java.util.List;

/// The control API's part about keys: their life and their rotation. Who uses the API is the owner.
/// `{key}` is an id, an ARN or an alias, its slashes encoded.
final class KeyApi {
  private static final Caller OWNER = Caller.owner();

  private final KeyService keys;
  private final VolumeCatalogue volumes;

  /// @param volumes tells what is encrypted under a key
  KeyApi(KeyService keys, VolumeCatalogue volumes) {
    this.keys = keys;
    this.volumes = volumes;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/v1/keys", _ -> list()),
        new Route("POST", "/v1/keys", this::create),
        new Route("GET", "/v1/keys/{key}", this::show),
        new Route("POST", "/v1/keys/{key}/enable", r -> told(keys.enableKey(OWNER, key(r)))),
        new Route("POST", "/v1/keys/{key}/disable", r -> told(keys.disableKey(OWNER, key(r)))),
        new Route(
            "POST", "/v1/keys/{key}/rotate", r -> told(keys.rotateKeyOnDemand(OWNER, key(r)))),
        new Route("PUT", "/v1/keys/{key}/rotation", this::rotateEvery),
        new Route("DELETE", "/v1/keys/{key}/rotation", this::rotateNever),
        new Route("POST", "/v1/keys/{key}/schedule-deletion", this::scheduleDeletion),
        new Route(
            "POST",
            "/v1/keys/{key}/cancel-deletion",
            r -> told(keys.cancelKeyDeletion(OWNER, key(r)))));
  }

  private ApiReply list() {
    var aliases = keys.listAliases(OWNER);
    List<JsonObject> all =
        keys.listKeys(OWNER).stream().map(key -> KeyJson.key(key, aliases)).toList();
    return ApiReply.ok(new JsonObject().put("keys", all));
  }

  private ApiReply create(ApiRequest request) {
    Parameters parameters = Parameters.of(request.body(), List.of("description"));
    KeyMetadata key = keys.createKey(OWNER, parameters.text("description").orElse(""));
    return ApiReply.created(KeyJson.key(key, List.of()));
  }

  private ApiReply show(ApiRequest request) {
    KeyMetadata key = keys.describeKey(OWNER, key(request));
    RotationStatus rotation = keys.keyRotationStatus(OWNER, key.keyId());
    return ApiReply.ok(json(key).put("rotation", KeyJson.rotation(rotation)));
  }

  private ApiReply rotateEvery(ApiRequest request) {
    Parameters parameters = Parameters.of(request.body(), List.of("everyDays"));
    keys.enableKeyRotation(
        OWNER, key(request), days(parameters, "everyDays", RotationSchedule.DEFAULT_PERIOD_DAYS));
    return show(request);
  }

  private ApiReply rotateNever(ApiRequest request) {
    keys.disableKeyRotation(OWNER, key(request));
    return show(request);
  }

  private ApiReply scheduleDeletion(ApiRequest request) {
    Parameters parameters = Parameters.of(request.body(), List.of("days"));
    return told(
        keys.scheduleKeyDeletion(
            OWNER, key(request), days(parameters, "days", KeyService.MAX_PENDING_DAYS)));
  }

  /// Days for the key service to judge: what no int holds is beyond all its limits as well.
  private static int days(Parameters parameters, String name, int usual) {
    return parameters
        .number(name)
        .map(days -> Math.clamp(days, 0, Integer.MAX_VALUE))
        .orElse(usual);
  }

  private ApiReply told(KeyMetadata key) {
    return ApiReply.ok(json(key));
  }

  /// A key with the volumes that need it.
  private JsonObject json(KeyMetadata key) {
    List<String> needing =
        volumes.list().stream()
            .filter(
                volume -> volume.encryption().filter(e -> e.keyArn().equals(key.arn())).isPresent())
            .map(volume -> volume.id().text())
            .toList();
    return KeyJson.key(key, keys.listAliases(OWNER)).put("volumes", needing);
  }

  private static String key(ApiRequest request) {
    return request.variable("key");
  }
}
