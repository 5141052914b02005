package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.DisabledException;
import dev.quarry.crypto.KeyServiceException.KMSInvalidStateException;
import dev.quarry.crypto.KeyServiceException.LimitExceededException;
import dev.quarry.crypto.RotationStatus.Rotation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A customer key (CMK) and what may be done in which state. Immutable: a step gives another one.
///
/// @param materials oldest first; the last one encrypts
record CustomerKey(
    UUID id,
    String description,
    Instant createdAt,
    boolean enabled,
    Optional<Instant> deletionDate,
    Optional<RotationSchedule> schedule,
    List<KeyMaterial> materials) {
  /// KMS developer guide, "Perform on-demand key rotation".
  static final int MAX_ON_DEMAND_ROTATIONS = 25;

  /// Bounds the key file. Reached after 246 years of the fastest automatic rotation.
  private static final int MAX_MATERIALS = 1000;

  CustomerKey {
    materials = List.copyOf(materials);
    assert !materials.isEmpty();
  }

  KeyState state() {
    if (deletionDate.isPresent()) {
      return KeyState.PENDING_DELETION;
    }
    return enabled ? KeyState.ENABLED : KeyState.DISABLED;
  }

  KeyMetadata metadata(KeyRealm realm) {
    return new KeyMetadata(
        id.toString(),
        arn(realm),
        description,
        createdAt,
        state(),
        deletionDate,
        current().number());
  }

  String arn(KeyRealm realm) {
    return realm.arn("key/" + id);
  }

  KeyMaterial current() {
    return materials.getLast();
  }

  Optional<KeyMaterial> material(int number) {
    boolean known = number >= 1 && number <= materials.size();
    return known ? Optional.of(materials.get(number - 1)) : Optional.empty();
  }

  /// Checks that the key may be used to encrypt and decrypt, and for what KMS allows in the same
  /// states.
  void checkUsable() {
    checkNotPendingDeletion();
    if (!enabled) {
      throw new DisabledException("key is disabled key=" + id);
    }
  }

  void checkNotPendingDeletion() {
    if (deletionDate.isPresent()) {
      throw new KMSInvalidStateException(
          "key is pending deletion key=%s deletion=%s".formatted(id, deletionDate.get()));
    }
  }

  CustomerKey withEnabled(boolean on) {
    checkNotPendingDeletion();
    return new CustomerKey(id, description, createdAt, on, deletionDate, schedule, materials);
  }

  CustomerKey scheduledForDeletion(Instant at) {
    checkNotPendingDeletion();
    return new CustomerKey(id, description, createdAt, false, Optional.of(at), schedule, materials);
  }

  /// The key is disabled afterwards, as in KMS.
  CustomerKey deletionCancelled() {
    if (deletionDate.isEmpty()) {
      throw new KMSInvalidStateException("key is not pending deletion key=" + id);
    }
    return new CustomerKey(
        id, description, createdAt, false, Optional.empty(), schedule, materials);
  }

  CustomerKey withSchedule(Optional<RotationSchedule> rotation) {
    checkUsable();
    return new CustomerKey(id, description, createdAt, enabled, deletionDate, rotation, materials);
  }

  boolean rotationDue(Instant now) {
    return state() == KeyState.ENABLED && schedule.map(s -> s.due(now)).orElse(false);
  }

  boolean deletionDue(Instant now) {
    return deletionDate.map(at -> !now.isBefore(at)).orElse(false);
  }

  /// Checks that one more material may be added.
  void checkRotatable(boolean onDemand) {
    checkUsable();
    if (onDemand && onDemandLeft() == 0) {
      throw new LimitExceededException(
          "key was rotated on demand too often key=%s limit=%d"
              .formatted(id, MAX_ON_DEMAND_ROTATIONS));
    }
    if (materials.size() == MAX_MATERIALS) {
      throw new LimitExceededException(
          "key has too many versions key=%s limit=%d".formatted(id, MAX_MATERIALS));
    }
  }

  /// A rotation on demand leaves the automatic schedule as it is (KMS developer guide).
  CustomerKey rotated(KeyMaterial next) {
    assert next.number() == materials.size() + 1;
    List<KeyMaterial> more = new ArrayList<>(materials);
    more.add(next);
    Optional<RotationSchedule> after =
        next.onDemand() ? schedule : schedule.map(s -> s.after(next.createdAt()));
    return new CustomerKey(id, description, createdAt, enabled, deletionDate, after, more);
  }

  RotationStatus rotationStatus() {
    List<Rotation> rotations =
        materials.stream()
            .skip(1)
            .map(material -> new Rotation(material.number(), material.createdAt()))
            .toList();
    return new RotationStatus(schedule, rotations, onDemandLeft());
  }

  /// Wipes the secrets, when the key is deleted or the service closed.
  void wipe() {
    materials.forEach(material -> material.secret().close());
  }

  private int onDemandLeft() {
    long used = materials.stream().filter(KeyMaterial::onDemand).count();
    return (int) (MAX_ON_DEMAND_ROTATIONS - used);
  }
}
