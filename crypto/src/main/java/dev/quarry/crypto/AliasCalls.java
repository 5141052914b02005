package dev.quarry.crypto;

import dev.quarry.crypto.LocalKeyStore.Step;
import java.util.List;

/// The calls of a [LocalKeyService] about aliases.
final class AliasCalls {
  private final LocalKeyStore store;

  AliasCalls(LocalKeyStore store) {
    this.store = store;
  }

  void createAlias(Caller caller, String name, String key) {
    changeAlias(
        caller,
        KeyOperation.CREATE_ALIAS,
        name,
        key,
        (ring, target) -> {
          KeyReference.checkNewAlias(name);
          return ring.withNewAlias(name, target);
        });
  }

  void updateAlias(Caller caller, String name, String key) {
    changeAlias(
        caller,
        KeyOperation.UPDATE_ALIAS,
        name,
        key,
        (ring, target) -> {
          KeyReference.checkNewAlias(name);
          return ring.withMovedAlias(name, target);
        });
  }

  void deleteAlias(Caller caller, String name) {
    store.change(
        new AuditCall(caller, KeyOperation.DELETE_ALIAS, name),
        ring -> {
          Authorization.checkOwner(caller, KeyOperation.DELETE_ALIAS);
          KeyReference.checkNewAlias(name);
          return new Step<>(ring.withoutAlias(name), name);
        });
  }

  List<KeyAlias> listAliases(Caller caller) {
    return store.use(
        new AuditCall(caller, KeyOperation.LIST_ALIASES, ""),
        ring -> {
          Authorization.checkOwner(caller, KeyOperation.LIST_ALIASES);
          return ring.aliases().entrySet().stream()
              .map(alias ->
                  new KeyAlias(
                      alias.getKey(),
                      store.realm().arn(alias.getKey()),
                      alias.getValue().toString()))
              .toList();
        });
  }

  /// What an alias call does to the ring.
  private interface AliasChange {
    KeyRing apply(KeyRing ring, CustomerKey target);
  }

  private void changeAlias(
      Caller caller, KeyOperation operation, String name, String key, AliasChange change) {
    AuditCall call = new AuditCall(caller, operation, key).detail(name);
    store.change(
        call,
        ring -> {
          Authorization.checkOwner(caller, operation);
          CustomerKey target = store.find(ring, call, key);
          return new Step<>(change.apply(ring, target), name);
        });
  }
}
