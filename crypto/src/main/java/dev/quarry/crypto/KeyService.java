package dev.quarry.crypto;

import java.util.List;
import java.util.Optional;

/// Customer keys (CMKs) that wrap data keys, as AWS KMS does it.
///
/// A customer key never leaves the service. What leaves is a data key: as a [DataKey] handle for
/// use, and wrapped in a [CiphertextBlob] for storage, bound to an [EncryptionContext] that must be
/// named again to unwrap it. Rotation adds key material; what older material wrapped stays
/// readable.
///
/// Where a call takes a `key`, it is named by its id, its ARN, an alias or an alias's ARN. All
/// calls are made in the name of a [Caller] and end in the audit log, with their results.
///
/// Errors are [KeyServiceException]s with KMS's names. Any call that names a key can throw
/// NotFoundException; any can throw AccessDeniedException, and InvalidGrantTokenException for a
/// token that names no grant. Implementations are safe for use by many threads.
public interface KeyService extends AutoCloseable {
  /// The alias of the key that encrypts volumes where no other is named.
  String EBS_ALIAS = "alias/aws/ebs";

  /// The least waiting period before a key is deleted, in days (KMS: ScheduleKeyDeletion).
  int MIN_PENDING_DAYS = 7;

  /// The longest, and the usual, waiting period before a key is deleted, in days.
  int MAX_PENDING_DAYS = 30;

  /// Makes a key. It is enabled.
  KeyMetadata createKey(Caller caller, String description);

  /// Describes a key. The owner's first question for [#EBS_ALIAS] makes that key.
  KeyMetadata describeKey(Caller caller, String key);

  /// All keys, by id.
  List<KeyMetadata> listKeys(Caller caller);

  /// Names a key; `name` begins with `alias/`. Throws AlreadyExistsException if the name is taken.
  void createAlias(Caller caller, String name, String key);

  /// Gives an alias to another key.
  void updateAlias(Caller caller, String name, String key);

  /// Takes a name away; the key stays.
  void deleteAlias(Caller caller, String name);

  /// All aliases, by name.
  List<KeyAlias> listAliases(Caller caller);

  /// Lets a key be used again.
  KeyMetadata enableKey(Caller caller, String key);

  /// Forbids the use of a key. Data keys that were unwrapped before stay in use.
  KeyMetadata disableKey(Caller caller, String key);

  /// Disables a key and deletes it after a waiting period, in which that can be cancelled.
  ///
  /// @param pendingDays [#MIN_PENDING_DAYS] to [#MAX_PENDING_DAYS]
  KeyMetadata scheduleKeyDeletion(Caller caller, String key, int pendingDays);

  /// Keeps a key that was to be deleted. It is disabled afterwards.
  KeyMetadata cancelKeyDeletion(Caller caller, String key);

  /// Rotates a key every so many days from now, see [RotationSchedule].
  void enableKeyRotation(Caller caller, String key, int periodDays);

  /// Ends automatic rotation.
  void disableKeyRotation(Caller caller, String key);

  /// How a key is rotated.
  RotationStatus keyRotationStatus(Caller caller, String key);

  /// Rotates a key now. Throws LimitExceededException when it was done too often.
  KeyMetadata rotateKeyOnDemand(Caller caller, String key);

  /// Draws a new data key and gives it out ready for use and wrapped. The caller closes the handle.
  GeneratedKey generateDataKey(Caller caller, String key, EncryptionContext context);

  /// Draws a new data key and gives it out wrapped only.
  WrappedKey generateDataKeyWithoutPlaintext(Caller caller, String key, EncryptionContext context);

  /// Unwraps a data key. The caller closes the handle.
  ///
  /// Throws InvalidCiphertextException, always with the same words, if blob and context are not
  /// what was wrapped; DisabledException or KMSInvalidStateException if the key may not be used;
  /// NotFoundException if it was deleted; IncorrectKeyException if it is not the expected one.
  ///
  /// @param expectedKey the key that must have wrapped it; empty to accept any
  DataKey decrypt(
      Caller caller, CiphertextBlob blob, EncryptionContext context, Optional<String> expectedKey);

  /// Wraps the same data key anew: under another key, another context, or newer material. The
  /// plaintext does not leave the service. Fails as [#decrypt] does.
  WrappedKey reEncrypt(
      Caller caller,
      CiphertextBlob blob,
      EncryptionContext sourceContext,
      String destinationKey,
      EncryptionContext destinationContext);

  /// Lets a principal use a key. A caller that is a grantee itself can give away no more than it
  /// has.
  Grant.Created createGrant(Caller caller, String key, GrantRequest request);

  /// The grants of a key, by id.
  List<Grant> listGrants(Caller caller, String key);

  /// Ends the grant of a token: for its retiring principal, for a grantee that may RetireGrant, and
  /// for the owner.
  void retireGrant(Caller caller, String token);

  /// As above, by the key and the grant's id.
  void retireGrant(Caller caller, String key, String grantId);

  /// Takes a grant back: for the owner.
  void revokeGrant(Caller caller, String key, String grantId);

  /// Gives up the service's own keys. Data keys that it gave out stay usable.
  @Override
  void close();
}
