package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.ValidationException;
import dev.quarry.crypto.LocalKeyStore.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// The calls of a [LocalKeyService] about keys: their life and their rotation.
final class KeyCalls {
  private static final int MAX_DESCRIPTION_CHARS = 8192; // KMS API reference, CreateKey

  private final LocalKeyStore store;

  KeyCalls(LocalKeyStore store) {
    this.store = store;
  }

  KeyMetadata createKey(Caller caller, String description) {
    AuditCall call = new AuditCall(caller, KeyOperation.CREATE_KEY, "");
    return store.change(
        call,
        ring -> {
          Authorization.checkOwner(caller, KeyOperation.CREATE_KEY);
          CustomerKey key = draw(ring, description);
          call.found(key);
          return new Step<>(ring.with(key), key.metadata(store.realm()));
        });
  }

  KeyMetadata describeKey(Caller caller, String key) {
    if (key.equals(KeyService.EBS_ALIAS) && caller.isOwner()) {
      ensureEbsKey();
    }
    AuditCall call = new AuditCall(caller, KeyOperation.DESCRIBE_KEY, key);
    return store.use(
        call,
        ring -> {
          CustomerKey found = store.find(ring, call, key);
          Authorization.check(caller, ring, found, KeyOperation.DESCRIBE_KEY, Optional.empty());
          return found.metadata(store.realm());
        });
  }

  List<KeyMetadata> listKeys(Caller caller) {
    return store.use(
        new AuditCall(caller, KeyOperation.LIST_KEYS, ""),
        ring -> {
          Authorization.checkOwner(caller, KeyOperation.LIST_KEYS);
          return ring.keys().values().stream().map(key -> key.metadata(store.realm())).toList();
        });
  }

  KeyMetadata enableKey(Caller caller, String key) {
    return changeKey(caller, KeyOperation.ENABLE_KEY, key, "", found -> found.withEnabled(true));
  }

  KeyMetadata disableKey(Caller caller, String key) {
    return changeKey(caller, KeyOperation.DISABLE_KEY, key, "", found -> found.withEnabled(false));
  }

  KeyMetadata scheduleKeyDeletion(Caller caller, String key, int pendingDays) {
    return changeKey(
        caller,
        KeyOperation.SCHEDULE_KEY_DELETION,
        key,
        "days " + pendingDays,
        found -> {
          if (pendingDays < KeyService.MIN_PENDING_DAYS
              || pendingDays > KeyService.MAX_PENDING_DAYS) {
            throw new ValidationException(
                "waiting period must be %d to %d days days=%d"
                    .formatted(
                        KeyService.MIN_PENDING_DAYS, KeyService.MAX_PENDING_DAYS, pendingDays));
          }
          return found.scheduledForDeletion(store.now().plus(Duration.ofDays(pendingDays)));
        });
  }

  KeyMetadata cancelKeyDeletion(Caller caller, String key) {
    return changeKey(
        caller, KeyOperation.CANCEL_KEY_DELETION, key, "", CustomerKey::deletionCancelled);
  }

  /// Deletes the keys whose waiting period is over: their secrets are wiped, and what they wrapped
  /// cannot be read any more, by anybody.
  ///
  /// @return the ids of the deleted keys
  List<String> purgeDue() {
    List<String> purged = new ArrayList<>();
    Instant now = store.now();
    for (CustomerKey due : keysWhere(key -> key.deletionDue(now))) {
      AuditCall call = new AuditCall(Caller.owner(), KeyOperation.DELETE_KEY, due.id().toString());
      store.change(
          call,
          ring -> {
            boolean still =
                Optional.ofNullable(ring.keys().get(due.id()))
                    .filter(key -> key.deletionDue(now))
                    .isPresent();
            if (still) {
              purged.add(due.id().toString());
            }
            return new Step<>(still ? ring.without(due, now) : ring, purged);
          });
    }
    return List.copyOf(purged);
  }

  void enableKeyRotation(Caller caller, String key, int periodDays) {
    changeKey(
        caller,
        KeyOperation.ENABLE_KEY_ROTATION,
        key,
        "days " + periodDays,
        found ->
            found.withSchedule(Optional.of(RotationSchedule.startingAt(store.now(), periodDays))));
  }

  void disableKeyRotation(Caller caller, String key) {
    changeKey(
        caller,
        KeyOperation.DISABLE_KEY_ROTATION,
        key,
        "",
        found -> found.withSchedule(Optional.empty()));
  }

  RotationStatus keyRotationStatus(Caller caller, String key) {
    AuditCall call = new AuditCall(caller, KeyOperation.GET_KEY_ROTATION_STATUS, key);
    return store.use(
        call,
        ring -> {
          Authorization.checkOwner(caller, KeyOperation.GET_KEY_ROTATION_STATUS);
          return store.find(ring, call, key).rotationStatus();
        });
  }

  KeyMetadata rotateKeyOnDemand(Caller caller, String key) {
    return changeKey(
        caller, KeyOperation.ROTATE_KEY_ON_DEMAND, key, "", found -> rotate(found, true));
  }

  /// Rotates the keys whose automatic rotation is due.
  ///
  /// @return the ids of the rotated keys
  List<String> rotateDue() {
    List<String> rotated = new ArrayList<>();
    Instant now = store.now();
    for (CustomerKey due : keysWhere(key -> key.rotationDue(now))) {
      changeKey(
          Caller.owner(),
          KeyOperation.ROTATE_KEY,
          due.id().toString(),
          "",
          found -> {
            if (!found.rotationDue(now)) {
              return found; // changed since the list was made
            }
            rotated.add(found.id().toString());
            return rotate(found, false);
          });
    }
    return List.copyOf(rotated);
  }

  private void ensureEbsKey() {
    if (!lacksEbsKey()) {
      return;
    }
    AuditCall call =
        new AuditCall(Caller.owner(), KeyOperation.CREATE_KEY, "")
            .detail("as " + KeyService.EBS_ALIAS);
    store.change(
        call,
        ring -> {
          if (ring.aliases().containsKey(KeyService.EBS_ALIAS)) {
            return new Step<>(ring, KeyService.EBS_ALIAS); // another call was faster
          }
          CustomerKey key = draw(ring, "protects volumes for which no other key is named");
          call.found(key);
          return new Step<>(
              ring.with(key).withNewAlias(KeyService.EBS_ALIAS, key), KeyService.EBS_ALIAS);
        });
  }

  private boolean lacksEbsKey() {
    return !store.peek(ring -> ring.aliases().containsKey(KeyService.EBS_ALIAS));
  }

  private List<CustomerKey> keysWhere(Predicate<CustomerKey> wanted) {
    return store.peek(ring -> ring.keys().values().stream().filter(wanted).toList());
  }

  /// A change of one key, for the owner.
  private KeyMetadata changeKey(
      Caller caller,
      KeyOperation operation,
      String key,
      String detail,
      UnaryOperator<CustomerKey> change) {
    AuditCall call = new AuditCall(caller, operation, key).detail(detail);
    return store.change(
        call,
        ring -> {
          Authorization.checkOwner(caller, operation);
          CustomerKey changed = change.apply(store.find(ring, call, key));
          return new Step<>(ring.with(changed), changed.metadata(store.realm()));
        });
  }

  private CustomerKey draw(KeyRing ring, String description) {
    if (description.length() > MAX_DESCRIPTION_CHARS) {
      throw new ValidationException("description too long length=" + description.length());
    }
    ring.checkRoomForKey();
    Instant now = store.now();
    KeyMaterial first = KeyMaterial.adopt(1, now, false, store.random(KeyMaterial.SECRET_BYTES));
    return new CustomerKey(
        randomUuid(), description, now, true, Optional.empty(), Optional.empty(), List.of(first));
  }

  private CustomerKey rotate(CustomerKey key, boolean onDemand) {
    key.checkRotatable(onDemand);
    int number = key.current().number() + 1;
    return key.rotated(
        KeyMaterial.adopt(number, store.now(), onDemand, store.random(KeyMaterial.SECRET_BYTES)));
  }

  /// A version 4 UUID (RFC 9562) from our source of randomness.
  private UUID randomUuid() {
    long high = store.source().nextLong() & ~0xF000L | 0x4000L;
    long low = store.source().nextLong() >>> 2 | 1L << 63;
    return new UUID(high, low);
  }
}
