package dev.quarry.node;

import dev.quarry.crypto.AuditEntry;
import dev.quarry.crypto.EncryptionContext;
import dev.quarry.crypto.Grant;
import dev.quarry.crypto.GrantConstraint;
import dev.quarry.crypto.KeyAlias;
import dev.quarry.crypto.KeyMetadata;
import dev.quarry.crypto.KeyOperation;
import dev.quarry.crypto.RotationStatus;
import java.util.List;

/// Keys as the control API shows them. What there is not is left out.
final class KeyJson {
  private KeyJson() {}

  /// A key with those of the aliases that are its own.
  static JsonObject key(KeyMetadata key, List<KeyAlias> aliases) {
    JsonObject json = new JsonObject();
    json.put("id", key.keyId());
    json.put("arn", key.arn());
    json.put("description", key.description());
    json.put("state", key.state().apiName());
    json.put("createdAt", key.createdAt().toString());
    key.deletionDate().ifPresent(date -> json.put("deletionDate", date.toString()));
    json.put("material", key.materialNumber());
    json.put(
        "aliases",
        aliases.stream()
            .filter(alias -> alias.targetKeyId().equals(key.keyId()))
            .map(KeyAlias::name)
            .toList());
    return json;
  }

  static JsonObject rotation(RotationStatus status) {
    JsonObject json = new JsonObject();
    status
        .schedule()
        .ifPresent(schedule ->
            json.put("everyDays", schedule.periodDays()).put("next", schedule.next().toString()));
    json.put("onDemandLeft", status.onDemandLeft());
    json.put(
        "rotations",
        status.rotations().stream()
            .map(done ->
                new JsonObject()
                    .put("material", done.materialNumber())
                    .put("at", done.at().toString()))
            .toList());
    return json;
  }

  static JsonObject alias(KeyAlias alias) {
    return new JsonObject()
        .put("name", alias.name())
        .put("arn", alias.arn())
        .put("keyId", alias.targetKeyId());
  }

  static JsonObject grant(Grant grant) {
    JsonObject json = new JsonObject();
    json.put("id", grant.grantId());
    json.put("keyId", grant.keyId());
    json.put("issuer", grant.issuer());
    json.put("createdAt", grant.createdAt().toString());
    json.put("grantee", grant.terms().granteePrincipal());
    grant.terms().retiringPrincipal().ifPresent(principal -> json.put("retiring", principal));
    json.put(
        "operations",
        grant.terms().operations().stream().map(KeyOperation::apiName).sorted().toList());
    switch (grant.terms().constraint()) {
      case GrantConstraint.Any _ -> {}
      case GrantConstraint.ContextEquals(EncryptionContext context) ->
          json.put("contextEquals", context.pairs());
      case GrantConstraint.ContextSubset(EncryptionContext context) ->
          json.put("contextSubset", context.pairs());
    }
    return json;
  }

  static JsonObject entry(AuditEntry entry) {
    return new JsonObject()
        .put("sequence", entry.sequence())
        .put("at", entry.at().toString())
        .put("principal", entry.principal())
        .put("operation", entry.operation())
        .put("key", entry.key())
        .put("context", entry.context())
        .put("result", entry.result())
        .put("generation", entry.generation())
        .put("detail", entry.detail());
  }
}
