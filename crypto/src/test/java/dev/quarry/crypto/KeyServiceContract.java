package dev.quarry.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.crypto.GrantConstraint.Any;
import dev.quarry.crypto.GrantConstraint.ContextEquals;
import dev.quarry.crypto.GrantConstraint.ContextSubset;
import dev.quarry.crypto.KeyServiceException.AccessDeniedException;
import dev.quarry.crypto.KeyServiceException.AlreadyExistsException;
import dev.quarry.crypto.KeyServiceException.DisabledException;
import dev.quarry.crypto.KeyServiceException.IncorrectKeyException;
import dev.quarry.crypto.KeyServiceException.InvalidAliasNameException;
import dev.quarry.crypto.KeyServiceException.InvalidArnException;
import dev.quarry.crypto.KeyServiceException.InvalidCiphertextException;
import dev.quarry.crypto.KeyServiceException.InvalidGrantTokenException;
import dev.quarry.crypto.KeyServiceException.KMSInvalidStateException;
import dev.quarry.crypto.KeyServiceException.LimitExceededException;
import dev.quarry.crypto.KeyServiceException.NotFoundException;
import dev.quarry.crypto.KeyServiceException.ValidationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every key service does. A subclass gives an empty service and lets time pass.
abstract class KeyServiceContract {
  static final Caller OWNER = Caller.owner();
  static final Caller APP = Caller.of("app");
  static final EncryptionContext VOL = EncryptionContext.ofEbs("vol-1");
  static final EncryptionContext OTHER_VOL = EncryptionContext.ofEbs("vol-2");
  static final Optional<String> ANY_KEY = Optional.empty();

  /// The service under test, the same one during a test.
  abstract KeyService service();

  /// Lets time pass, with what is due then.
  abstract void pass(Duration duration);

  // Keys

  @Test
  void createKey_isEnabledAndListed() {
    KeyMetadata key = service().createKey(OWNER, "for web");
    assertEquals(KeyState.ENABLED, key.state());
    assertEquals("for web", key.description());
    assertEquals(1, key.materialNumber());
    assertTrue(key.arn().endsWith(":key/" + key.keyId()), key.arn());
    assertEquals(List.of(key), service().listKeys(OWNER));
    assertEquals(key, service().describeKey(OWNER, key.keyId()));
  }

  @Test
  void key_byIdArnAliasAndAliasArn_isTheSame() {
    KeyMetadata key = service().createKey(OWNER, "");
    service().createAlias(OWNER, "alias/web", key.keyId());
    String aliasArn = service().listAliases(OWNER).getFirst().arn();
    for (String name : List.of(key.keyId(), key.arn(), "alias/web", aliasArn)) {
      assertEquals(key, service().describeKey(OWNER, name), name);
      WrappedKey wrapped = service().generateDataKeyWithoutPlaintext(OWNER, name, VOL);
      assertEquals(key.arn(), wrapped.keyArn());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "alias/none",
        "alias/",
        "12345678-1234-1234-1234-123456789012",
        "arn:aws:kms:us-east-1:999999999999:key/12345678-1234-1234-1234-123456789012"
      })
  void key_unknown_isNotFound(String name) {
    assertThrows(NotFoundException.class, () -> service().describeKey(OWNER, name));
    assertThrows(
        NotFoundException.class, () -> service().generateDataKeyWithoutPlaintext(OWNER, name, VOL));
    assertThrows(NotFoundException.class, () -> service().disableKey(OWNER, name));
  }

  @Test
  void arn_ofAnotherForm_isRefused() {
    assertThrows(InvalidArnException.class, () -> service().describeKey(OWNER, "arn:aws:kms"));
  }

  @Test
  void ebsKey_isMadeWhenTheOwnerFirstAsks() {
    assertThrows(NotFoundException.class, () -> service().describeKey(APP, KeyService.EBS_ALIAS));
    KeyMetadata key = service().describeKey(OWNER, KeyService.EBS_ALIAS);
    assertEquals(key, service().describeKey(OWNER, KeyService.EBS_ALIAS));
    assertEquals(1, service().listKeys(OWNER).size());
    service().generateDataKey(OWNER, KeyService.EBS_ALIAS, VOL).dataKey().close();
  }

  // Aliases

  @Test
  void aliases_createMoveDelete() {
    KeyMetadata one = service().createKey(OWNER, "");
    KeyMetadata two = service().createKey(OWNER, "");
    service().createAlias(OWNER, "alias/web", one.keyId());
    assertThrows(
        AlreadyExistsException.class, () -> service().createAlias(OWNER, "alias/web", two.keyId()));
    service().updateAlias(OWNER, "alias/web", two.keyId());
    assertEquals(two.keyId(), service().describeKey(OWNER, "alias/web").keyId());
    service().deleteAlias(OWNER, "alias/web");
    assertEquals(List.of(), service().listAliases(OWNER));
    assertThrows(NotFoundException.class, () -> service().deleteAlias(OWNER, "alias/web"));
    assertThrows(
        NotFoundException.class, () -> service().updateAlias(OWNER, "alias/web", one.keyId()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"web", "alias/", "alias/a b", "alias/aws/ebs", "alias/ü"})
  void alias_badOrReservedName_isRefused(String name) {
    KeyMetadata key = service().createKey(OWNER, "");
    assertThrows(
        InvalidAliasNameException.class, () -> service().createAlias(OWNER, name, key.keyId()));
    assertThrows(
        InvalidAliasNameException.class, () -> service().updateAlias(OWNER, name, key.keyId()));
    assertThrows(InvalidAliasNameException.class, () -> service().deleteAlias(OWNER, name));
  }

  @Test
  void aliases_moreThanFiftyForAKey_areRefused() {
    KeyMetadata key = service().createKey(OWNER, "");
    for (int i = 0; i < 50; i++) {
      service().createAlias(OWNER, "alias/n" + i, key.keyId());
    }
    assertThrows(
        LimitExceededException.class,
        () -> service().createAlias(OWNER, "alias/more", key.keyId()));
  }

  // Data keys

  @Test
  void decrypt_givesTheGeneratedKey() {
    KeyMetadata key = service().createKey(OWNER, "");
    GeneratedKey generated = service().generateDataKey(OWNER, key.keyId(), VOL);
    CiphertextBlob stored = CiphertextBlob.of(generated.wrapped().blob().bytes());
    try (DataKey first = generated.dataKey();
        DataKey again = service().decrypt(OWNER, stored, VOL, ANY_KEY);
        DataKey named = service().decrypt(OWNER, stored, VOL, Optional.of(key.arn()))) {
      assertArrayEquals(first.checkValue(), again.checkValue());
      assertArrayEquals(first.checkValue(), named.checkValue());
    }
  }

  @Test
  void generate_twice_givesOtherKeysAndBlobs() {
    KeyMetadata key = service().createKey(OWNER, "");
    GeneratedKey one = service().generateDataKey(OWNER, key.keyId(), VOL);
    GeneratedKey two = service().generateDataKey(OWNER, key.keyId(), VOL);
    try (DataKey first = one.dataKey();
        DataKey second = two.dataKey()) {
      assertFalse(Arrays.equals(first.checkValue(), second.checkValue()));
      assertNotEquals(one.wrapped().blob(), two.wrapped().blob());
    }
  }

  @Test
  void generateWithoutPlaintext_canBeDecryptedLater() {
    KeyMetadata key = service().createKey(OWNER, "");
    WrappedKey wrapped = service().generateDataKeyWithoutPlaintext(OWNER, key.keyId(), VOL);
    byte[] value = checkValue(wrapped.blob(), VOL);
    assertArrayEquals(value, checkValue(wrapped.blob(), VOL));
  }

  @Test
  void context_orderDoesNotMatter() {
    KeyMetadata key = service().createKey(OWNER, "");
    EncryptionContext one = EncryptionContext.of(Map.of("a", "1", "b", "2", "c", "3"));
    WrappedKey wrapped = service().generateDataKeyWithoutPlaintext(OWNER, key.keyId(), one);
    Map<String, String> reversed = new LinkedHashMap<>();
    for (String name : List.of("c", "b", "a")) {
      reversed.put(name, one.pairs().get(name));
    }
    checkValue(wrapped.blob(), EncryptionContext.of(reversed));
  }

  @Test
  void decrypt_everyFailure_looksTheSame() {
    KeyMetadata key = service().createKey(OWNER, "");
    service().rotateKeyOnDemand(OWNER, key.keyId());
    CiphertextBlob blob = service().generateDataKeyWithoutPlaintext(OWNER, key.keyId(), VOL).blob();
    byte[] bytes = blob.bytes();
    List<CiphertextBlob> wrong = new ArrayList<>();
    for (int i = 0; i < bytes.length; i++) {
      for (int bit : new int[] {1, 0x80}) {
        byte[] changed = bytes.clone();
        changed[i] ^= (byte) bit;
        wrong.add(CiphertextBlob.of(changed));
      }
      wrong.add(CiphertextBlob.of(Arrays.copyOf(bytes, i)));
    }
    wrong.add(CiphertextBlob.of(Arrays.copyOf(bytes, bytes.length + 1)));
    wrong.add(CiphertextBlob.of(new byte[7000]));
    for (CiphertextBlob one : wrong) {
      assertInvalid(one, VOL);
    }
    for (EncryptionContext context :
        List.of(
            OTHER_VOL,
            EncryptionContext.empty(),
            EncryptionContext.of(Map.of("aws:ebs:id", "vol-1", "x", "")),
            EncryptionContext.of(Map.of("aws:ebs:i", "dvol-1")))) {
      assertInvalid(blob, context);
    }
    checkValue(blob, VOL); // and the right one still works
  }

  @Test
  void blobs_ofTwoKeys_doNotMix() {
    KeyMetadata one = service().createKey(OWNER, "");
    KeyMetadata two = service().createKey(OWNER, "");
    byte[] first =
        service().generateDataKeyWithoutPlaintext(OWNER, one.keyId(), VOL).blob().bytes();
    byte[] second =
        service().generateDataKeyWithoutPlaintext(OWNER, two.keyId(), VOL).blob().bytes();
    for (int cut = 1; cut < first.length; cut++) {
      byte[] mixed = first.clone();
      System.arraycopy(second, cut, mixed, cut, second.length - cut);
      if (!Arrays.equals(mixed, second)) {
        assertInvalid(CiphertextBlob.of(mixed), VOL);
      }
    }
  }

  @Test
  void decrypt_underAnotherExpectedKey_isIncorrect() {
    KeyMetadata one = service().createKey(OWNER, "");
    KeyMetadata two = service().createKey(OWNER, "");
    CiphertextBlob blob = service().generateDataKeyWithoutPlaintext(OWNER, one.keyId(), VOL).blob();
    assertThrows(
        IncorrectKeyException.class,
        () -> service().decrypt(OWNER, blob, VOL, Optional.of(two.keyId())));
  }

  @Test
  void reEncrypt_keepsTheDataKeyUnderNewKeyAndContext() {
    KeyMetadata one = service().createKey(OWNER, "");
    KeyMetadata two = service().createKey(OWNER, "");
    CiphertextBlob blob = service().generateDataKeyWithoutPlaintext(OWNER, one.keyId(), VOL).blob();
    WrappedKey moved = service().reEncrypt(OWNER, blob, VOL, two.keyId(), OTHER_VOL);
    assertEquals(two.arn(), moved.keyArn());
    assertArrayEquals(checkValue(blob, VOL), checkValue(moved.blob(), OTHER_VOL));
    assertInvalid(moved.blob(), VOL);
    assertThrows(
        InvalidCiphertextException.class,
        () -> service().reEncrypt(OWNER, blob, OTHER_VOL, two.keyId(), VOL));
    assertThrows(
        NotFoundException.class, () -> service().reEncrypt(OWNER, blob, VOL, "alias/none", VOL));
  }

  // States

  @Test
  void disabledKey_wrapsAndUnwrapsNothing_butGivenOutKeysStay() {
    KeyMetadata key = service().createKey(OWNER, "");
    KeyMetadata usable = service().createKey(OWNER, "");
    GeneratedKey generated = service().generateDataKey(OWNER, key.keyId(), VOL);
    CiphertextBlob blob = generated.wrapped().blob();
    assertEquals(KeyState.DISABLED, service().disableKey(OWNER, key.keyId()).state());
    service().disableKey(OWNER, key.keyId());
    assertUnusable(DisabledException.class, key, usable, blob);
    assertThrows(DisabledException.class, () -> service().rotateKeyOnDemand(OWNER, key.keyId()));
    assertThrows(
        DisabledException.class, () -> service().enableKeyRotation(OWNER, key.keyId(), 90));
    assertThrows(
        DisabledException.class,
        () ->
            service()
                .createGrant(
                    OWNER, key.keyId(), GrantRequest.of("app", Set.of(KeyOperation.DECRYPT))));
    try (DataKey attached = generated.dataKey()) {
      byte[] sector = new byte[512];
      attached.sectorCipher().encrypt(0, sector, 0, sector, 0, 512);
    }
    service().createAlias(OWNER, "alias/off", key.keyId()); // names are allowed
    assertEquals(KeyState.ENABLED, service().enableKey(OWNER, key.keyId()).state());
    checkValue(blob, VOL);
  }

  @Test
  void deletion_waitsAndCanBeCancelled() {
    KeyMetadata key = service().createKey(OWNER, "");
    KeyMetadata usable = service().createKey(OWNER, "");
    CiphertextBlob blob = service().generateDataKeyWithoutPlaintext(OWNER, key.keyId(), VOL).blob();
    KeyMetadata pending = service().scheduleKeyDeletion(OWNER, key.keyId(), 7);
    assertEquals(KeyState.PENDING_DELETION, pending.state());
    assertEquals(Optional.of(key.createdAt().plus(Duration.ofDays(7))), pending.deletionDate());
    assertUnusable(KMSInvalidStateException.class, key, usable, blob);
    for (Callable<?> call :
        List.<Callable<?>>of(
            () -> service().enableKey(OWNER, key.keyId()),
            () -> service().disableKey(OWNER, key.keyId()),
            () -> service().scheduleKeyDeletion(OWNER, key.keyId(), 30),
            () -> service().rotateKeyOnDemand(OWNER, key.keyId()))) {
      assertThrows(KMSInvalidStateException.class, call::call);
    }
    assertThrows(
        KMSInvalidStateException.class,
        () -> service().createAlias(OWNER, "alias/gone", key.keyId()));
    pass(Duration.ofDays(7).minusMillis(1));
    KeyMetadata kept = service().cancelKeyDeletion(OWNER, key.keyId());
    assertEquals(KeyState.DISABLED, kept.state());
    assertEquals(Optional.empty(), kept.deletionDate());
    assertThrows(
        KMSInvalidStateException.class, () -> service().cancelKeyDeletion(OWNER, key.keyId()));
    pass(Duration.ofDays(30));
    service().enableKey(OWNER, key.keyId());
    checkValue(blob, VOL);
  }

  @Test
  void deletion_whenDue_makesEverythingUnreadable_andSaysSo() {
    KeyMetadata key = service().createKey(OWNER, "");
    service().createAlias(OWNER, "alias/gone", key.keyId());
    service().createGrant(OWNER, key.keyId(), GrantRequest.of("app", Set.of(KeyOperation.DECRYPT)));
    CiphertextBlob blob = service().generateDataKeyWithoutPlaintext(OWNER, key.keyId(), VOL).blob();
    service().scheduleKeyDeletion(OWNER, key.keyId(), 7);
    pass(Duration.ofDays(7));
    assertEquals(List.of(), service().listKeys(OWNER));
    assertEquals(List.of(), service().listAliases(OWNER));
    NotFoundException gone =
        assertThrows(NotFoundException.class, () -> service().decrypt(OWNER, blob, VOL, ANY_KEY));
    assertTrue(gone.getMessage().contains("deleted"), gone.getMessage());
    assertThrows(NotFoundException.class, () -> service().describeKey(OWNER, key.keyId()));
    assertThrows(NotFoundException.class, () -> service().cancelKeyDeletion(OWNER, key.keyId()));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 6, 31})
  void deletion_waitingPeriodOutOfBounds_isRefused(int days) {
    KeyMetadata key = service().createKey(OWNER, "");
    assertThrows(
        ValidationException.class, () -> service().scheduleKeyDeletion(OWNER, key.keyId(), days));
    assertEquals(key, service().describeKey(OWNER, key.keyId()));
  }

  // Rotation

  @Test
  void rotation_onDemand_keepsOldBlobsReadable() {
    KeyMetadata key = service().createKey(OWNER, "");
    List<CiphertextBlob> blobs = new ArrayList<>();
    List<byte[]> values = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      CiphertextBlob blob =
          service().generateDataKeyWithoutPlaintext(OWNER, key.keyId(), VOL).blob();
      blobs.add(blob);
      values.add(checkValue(blob, VOL));
      assertEquals(i + 2, service().rotateKeyOnDemand(OWNER, key.keyId()).materialNumber());
    }
    for (int i = 0; i < blobs.size(); i++) {
      assertArrayEquals(values.get(i), checkValue(blobs.get(i), VOL));
    }
    CiphertextBlob rewrapped =
        service().reEncrypt(OWNER, blobs.getFirst(), VOL, key.keyId(), VOL).blob();
    assertArrayEquals(values.getFirst(), checkValue(rewrapped, VOL));
    RotationStatus status = service().keyRotationStatus(OWNER, key.keyId());
    assertEquals(4, status.rotations().size());
    assertEquals(21, status.onDemandLeft());
    assertEquals(Optional.empty(), status.schedule());
  }

  @Test
  void rotation_onDemandTooOften_isRefused() {
    KeyMetadata key = service().createKey(OWNER, "");
    for (int i = 0; i < 25; i++) {
      service().rotateKeyOnDemand(OWNER, key.keyId());
    }
    assertThrows(
        LimitExceededException.class, () -> service().rotateKeyOnDemand(OWNER, key.keyId()));
    assertEquals(26, service().describeKey(OWNER, key.keyId()).materialNumber());
  }

  @Test
  void rotation_automatic_followsItsSchedule() {
    KeyMetadata key = service().createKey(OWNER, "");
    CiphertextBlob blob = service().generateDataKeyWithoutPlaintext(OWNER, key.keyId(), VOL).blob();
    service().enableKeyRotation(OWNER, key.keyId(), 90);
    pass(Duration.ofDays(90).minusMillis(1));
    assertEquals(1, material(key));
    pass(Duration.ofMillis(1));
    assertEquals(2, material(key));
    pass(Duration.ofDays(10));
    service().rotateKeyOnDemand(OWNER, key.keyId()); // does not shift the schedule
    assertEquals(3, material(key));
    pass(Duration.ofDays(80));
    assertEquals(4, material(key));
    pass(Duration.ofDays(200)); // two periods missed: one rotation makes up for them
    assertEquals(5, material(key));
    pass(Duration.ofDays(69));
    assertEquals(5, material(key));
    pass(Duration.ofDays(1));
    assertEquals(6, material(key));
    service().disableKeyRotation(OWNER, key.keyId());
    pass(Duration.ofDays(1000));
    assertEquals(6, material(key));
    checkValue(blob, VOL);
  }

  @Test
  void rotation_ofADisabledKey_waitsUntilItIsEnabled() {
    KeyMetadata key = service().createKey(OWNER, "");
    service().enableKeyRotation(OWNER, key.keyId(), 90);
    service().disableKey(OWNER, key.keyId());
    pass(Duration.ofDays(100));
    assertEquals(1, material(key));
    service().enableKey(OWNER, key.keyId());
    pass(Duration.ZERO);
    assertEquals(2, material(key));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 89, 2561})
  void rotation_periodOutOfBounds_isRefused(int days) {
    KeyMetadata key = service().createKey(OWNER, "");
    assertThrows(
        ValidationException.class, () -> service().enableKeyRotation(OWNER, key.keyId(), days));
  }

  // Grants

  @Test
  void others_withoutGrant_mayNothing() {
    KeyMetadata key = service().createKey(OWNER, "");
    String id = key.keyId();
    CiphertextBlob blob = service().generateDataKeyWithoutPlaintext(OWNER, id, VOL).blob();
    GrantRequest request = GrantRequest.of("app", Set.of(KeyOperation.DECRYPT));
    Grant grant = service().createGrant(OWNER, id, request).grant();
    service().revokeGrant(OWNER, id, grant.grantId());
    Grant others =
        service()
            .createGrant(OWNER, id, GrantRequest.of("other", Set.of(KeyOperation.DECRYPT)))
            .grant();
    for (Callable<?> call :
        List.<Callable<?>>of(
            () -> service().createKey(APP, ""),
            () -> service().describeKey(APP, id),
            () -> service().listKeys(APP),
            () -> service().listAliases(APP),
            () -> service().enableKey(APP, id),
            () -> service().disableKey(APP, id),
            () -> service().scheduleKeyDeletion(APP, id, 7),
            () -> service().cancelKeyDeletion(APP, id),
            () -> service().rotateKeyOnDemand(APP, id),
            () -> service().keyRotationStatus(APP, id),
            () -> service().generateDataKey(APP, id, VOL),
            () -> service().generateDataKeyWithoutPlaintext(APP, id, VOL),
            () -> service().decrypt(APP, blob, VOL, ANY_KEY),
            () -> service().reEncrypt(APP, blob, VOL, id, VOL),
            () -> service().createGrant(APP, id, request),
            () -> service().listGrants(APP, id),
            () -> nothing(() -> service().createAlias(APP, "alias/a", id)),
            () -> nothing(() -> service().updateAlias(APP, "alias/a", id)),
            () -> nothing(() -> service().deleteAlias(APP, "alias/a")),
            () -> nothing(() -> service().enableKeyRotation(APP, id, 90)),
            () -> nothing(() -> service().disableKeyRotation(APP, id)),
            () -> nothing(() -> service().retireGrant(APP, id, others.grantId())),
            () -> nothing(() -> service().revokeGrant(APP, id, others.grantId())))) {
      assertThrows(AccessDeniedException.class, call::call);
    }
    assertEquals(key, service().describeKey(OWNER, id));
    assertEquals(List.of(others), service().listGrants(OWNER, id));
  }

  @Test
  void grant_allowsItsOperationsOnItsKeyOnly() {
    KeyMetadata key = service().createKey(OWNER, "");
    KeyMetadata other = service().createKey(OWNER, "");
    service()
        .createGrant(
            OWNER,
            key.keyId(),
            GrantRequest.of("app", Set.of(KeyOperation.DECRYPT, KeyOperation.GENERATE_DATA_KEY)));
    GeneratedKey generated = service().generateDataKey(APP, key.keyId(), VOL);
    generated.dataKey().close();
    service().decrypt(APP, generated.wrapped().blob(), VOL, ANY_KEY).close();
    assertThrows(
        AccessDeniedException.class, () -> service().generateDataKey(APP, other.keyId(), VOL));
    assertThrows(
        AccessDeniedException.class,
        () -> service().generateDataKeyWithoutPlaintext(APP, key.keyId(), VOL));
    assertThrows(
        AccessDeniedException.class,
        () -> service().generateDataKey(Caller.of("somebody"), key.keyId(), VOL));
  }

  @Test
  void grant_reEncryptNeedsBothSides() {
    KeyMetadata one = service().createKey(OWNER, "");
    KeyMetadata two = service().createKey(OWNER, "");
    CiphertextBlob blob = service().generateDataKeyWithoutPlaintext(OWNER, one.keyId(), VOL).blob();
    Callable<WrappedKey> call = () -> service().reEncrypt(APP, blob, VOL, two.keyId(), OTHER_VOL);
    assertThrows(AccessDeniedException.class, call::call);
    grant(one, Set.of(KeyOperation.RE_ENCRYPT_FROM), new ContextEquals(VOL));
    assertThrows(AccessDeniedException.class, call::call);
    grant(two, Set.of(KeyOperation.RE_ENCRYPT_TO), new ContextEquals(VOL));
    assertThrows(AccessDeniedException.class, call::call);
    grant(two, Set.of(KeyOperation.RE_ENCRYPT_TO), new ContextEquals(OTHER_VOL));
    service().reEncrypt(APP, blob, VOL, two.keyId(), OTHER_VOL);
  }

  @Test
  void grant_constraints_lookAtTheContext() {
    KeyMetadata key = service().createKey(OWNER, "");
    EncryptionContext more = EncryptionContext.of(Map.of("aws:ebs:id", "vol-1", "x", "y"));
    Grant.Created equal =
        grant(
            key, Set.of(KeyOperation.GENERATE_DATA_KEY_WITHOUT_PLAINTEXT), new ContextEquals(VOL));
    Callable<WrappedKey> exact =
        () -> service().generateDataKeyWithoutPlaintext(APP, key.keyId(), VOL);
    Callable<WrappedKey> larger =
        () -> service().generateDataKeyWithoutPlaintext(APP, key.keyId(), more);
    Callable<WrappedKey> wrong =
        () -> service().generateDataKeyWithoutPlaintext(APP, key.keyId(), OTHER_VOL);
    assertAllowed(exact);
    assertThrows(AccessDeniedException.class, larger::call);
    assertThrows(AccessDeniedException.class, wrong::call);
    service().revokeGrant(OWNER, key.keyId(), equal.grant().grantId());
    assertThrows(AccessDeniedException.class, exact::call);
    grant(key, Set.of(KeyOperation.GENERATE_DATA_KEY_WITHOUT_PLAINTEXT), new ContextSubset(VOL));
    assertAllowed(exact);
    assertAllowed(larger);
    assertThrows(AccessDeniedException.class, wrong::call);
  }

  @Test
  void grant_tokens_mustExistAndHelpTheGranteeOnly() {
    KeyMetadata key = service().createKey(OWNER, "");
    Grant.Created created = grant(key, Set.of(KeyOperation.DESCRIBE_KEY), new Any());
    Caller withToken = new Caller("app", List.of(created.token()));
    assertEquals(key, service().describeKey(withToken, key.keyId()));
    Caller stranger = new Caller("stranger", List.of(created.token()));
    assertThrows(AccessDeniedException.class, () -> service().describeKey(stranger, key.keyId()));
    Caller forged = new Caller("app", List.of("00"));
    assertThrows(
        InvalidGrantTokenException.class, () -> service().describeKey(forged, key.keyId()));
    service().retireGrant(OWNER, created.token());
    assertThrows(
        InvalidGrantTokenException.class, () -> service().describeKey(withToken, key.keyId()));
    assertThrows(
        InvalidGrantTokenException.class, () -> service().retireGrant(OWNER, created.token()));
  }

  @Test
  void grant_retiring_isForRetirerPermittedGranteeAndOwner() {
    KeyMetadata key = service().createKey(OWNER, "");
    Set<KeyOperation> decrypt = Set.of(KeyOperation.DECRYPT);
    Set<KeyOperation> withRetire = Set.of(KeyOperation.DECRYPT, KeyOperation.RETIRE_GRANT);
    Grant.Created plain = grant(key, decrypt, new Any());
    assertThrows(AccessDeniedException.class, () -> service().retireGrant(APP, plain.token()));
    service().retireGrant(OWNER, plain.token());

    Grant.Created permitted = grant(key, withRetire, new ContextEquals(VOL));
    service().retireGrant(APP, permitted.token());

    Grant.Created byOther =
        service()
            .createGrant(
                OWNER,
                key.keyId(),
                new GrantRequest("app", Optional.of("janitor"), decrypt, new Any()));
    service().retireGrant(Caller.of("janitor"), key.keyId(), byOther.grant().grantId());
    assertEquals(List.of(), service().listGrants(OWNER, key.keyId()));
    assertThrows(
        NotFoundException.class,
        () -> service().retireGrant(OWNER, key.keyId(), byOther.grant().grantId()));
    assertThrows(
        NotFoundException.class,
        () -> service().revokeGrant(OWNER, key.keyId(), byOther.grant().grantId()));
  }

  @Test
  void grant_givenOnByAGrantee_isNoWiderThanItsOwn() {
    KeyMetadata key = service().createKey(OWNER, "");
    grant(key, Set.of(KeyOperation.CREATE_GRANT, KeyOperation.DECRYPT), new ContextSubset(VOL));
    Set<KeyOperation> decrypt = Set.of(KeyOperation.DECRYPT);
    GrantRequest narrower =
        new GrantRequest("worker", Optional.empty(), decrypt, new ContextEquals(VOL));
    Grant given = service().createGrant(APP, key.keyId(), narrower).grant();
    assertEquals("app", given.issuer());
    CiphertextBlob blob = service().generateDataKeyWithoutPlaintext(OWNER, key.keyId(), VOL).blob();
    service().decrypt(Caller.of("worker"), blob, VOL, ANY_KEY).close();
    for (GrantRequest wider :
        List.of(
            new GrantRequest("worker", Optional.empty(), decrypt, new Any()),
            new GrantRequest("worker", Optional.empty(), decrypt, new ContextSubset(OTHER_VOL)),
            new GrantRequest(
                "worker",
                Optional.empty(),
                Set.of(KeyOperation.GENERATE_DATA_KEY),
                new ContextEquals(VOL)))) {
      assertThrows(
          AccessDeniedException.class, () -> service().createGrant(APP, key.keyId(), wider));
    }
  }

  @Test
  void grant_ofManagement_isRefused() {
    EnumSet<KeyOperation> refused = EnumSet.allOf(KeyOperation.class);
    refused.removeIf(KeyOperation::grantable);
    for (KeyOperation operation : refused) {
      assertThrows(ValidationException.class, () -> GrantRequest.of("app", Set.of(operation)));
    }
    assertThrows(ValidationException.class, () -> GrantRequest.of("app", Set.of()));
  }

  // Many threads

  @Test
  void calls_fromManyThreads_stayConsistent() throws Exception {
    KeyMetadata key = service().createKey(OWNER, "");
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<List<CiphertextBlob>>> users =
          IntStream.range(0, 3)
              .mapToObj(n ->
                  threads.submit(() -> {
                    List<CiphertextBlob> blobs = new ArrayList<>();
                    EncryptionContext context = EncryptionContext.ofEbs("vol-" + n);
                    for (int i = 0; i < 40; i++) {
                      GeneratedKey generated =
                          service().generateDataKey(OWNER, key.keyId(), context);
                      byte[] value = generated.dataKey().checkValue();
                      generated.dataKey().close();
                      CiphertextBlob blob = generated.wrapped().blob();
                      assertArrayEquals(value, checkValue(blob, context));
                      blobs.add(blob);
                    }
                    return blobs;
                  }))
              .toList();
      Future<?> changer =
          threads.submit(() -> {
            for (int i = 0; i < 10; i++) {
              service().rotateKeyOnDemand(OWNER, key.keyId());
              KeyMetadata other = service().createKey(OWNER, "n" + i);
              service().createAlias(OWNER, "alias/n" + i, other.keyId());
            }
          });
      changer.get();
      for (int n = 0; n < users.size(); n++) {
        for (CiphertextBlob blob : users.get(n).get()) {
          checkValue(blob, EncryptionContext.ofEbs("vol-" + n));
        }
      }
    }
    assertEquals(11, service().listKeys(OWNER).size());
    assertEquals(10, service().listAliases(OWNER).size());
  }

  @Test
  void use_afterClose_isRefused() {
    KeyMetadata key = service().createKey(OWNER, "");
    service().close();
    service().close();
    assertThrows(IllegalStateException.class, () -> service().describeKey(OWNER, key.keyId()));
  }

  final byte[] checkValue(CiphertextBlob blob, EncryptionContext context) {
    try (DataKey key = service().decrypt(OWNER, blob, context, ANY_KEY)) {
      return key.checkValue();
    }
  }

  private int material(KeyMetadata key) {
    return service().describeKey(OWNER, key.keyId()).materialNumber();
  }

  private Grant.Created grant(
      KeyMetadata key, Set<KeyOperation> operations, GrantConstraint constraint) {
    return service()
        .createGrant(
            OWNER, key.keyId(), new GrantRequest("app", Optional.empty(), operations, constraint));
  }

  private void assertInvalid(CiphertextBlob blob, EncryptionContext context) {
    InvalidCiphertextException refused =
        assertThrows(
            InvalidCiphertextException.class,
            () -> service().decrypt(OWNER, blob, context, ANY_KEY));
    assertEquals(new InvalidCiphertextException().getMessage(), refused.getMessage());
    assertEquals(null, refused.getCause());
  }

  private void assertUnusable(
      Class<? extends KeyServiceException> expected,
      KeyMetadata key,
      KeyMetadata usable,
      CiphertextBlob blob) {
    CiphertextBlob other =
        service().generateDataKeyWithoutPlaintext(OWNER, usable.keyId(), VOL).blob();
    for (Callable<?> call :
        List.<Callable<?>>of(
            () -> service().generateDataKey(OWNER, key.keyId(), VOL),
            () -> service().generateDataKeyWithoutPlaintext(OWNER, key.keyId(), VOL),
            () -> service().decrypt(OWNER, blob, VOL, ANY_KEY),
            () -> service().reEncrypt(OWNER, blob, VOL, usable.keyId(), VOL),
            () -> service().reEncrypt(OWNER, other, VOL, key.keyId(), VOL))) {
      assertThrows(expected, call::call);
    }
    service().describeKey(OWNER, key.keyId());
  }

  private static void assertAllowed(Callable<?> call) {
    try {
      call.call();
    } catch (Exception e) {
      throw new AssertionError("must be allowed", e);
    }
  }

  private static Object nothing(Runnable call) {
    call.run();
    return "";
  }
}
