package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.IncorrectKeyException;
import dev.quarry.crypto.KeyServiceException.InvalidCiphertextException;
import dev.quarry.crypto.KeyServiceException.InvalidGrantTokenException;
import dev.quarry.crypto.KeyServiceException.ValidationException;
import dev.quarry.crypto.LocalKeyStore.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import javax.crypto.AEADBadTagException;

/// The embedded key service: customer keys in a sealed file, an audit log beside it.
///
/// Calls that use keys run side by side; calls that change them run alone, and are durable when
/// they return. A call's entry in the audit log is durable before the caller gets its answer. If a
/// file cannot be written, the call fails with KMSInternalException and so does every later one
/// until the service is opened again.
///
/// Time passes for it only when it is asked: call [#rotateDue] and [#purgeDue] about once an hour.
public final class LocalKeyService implements KeyService {
  private static final int MAX_DESCRIPTION_CHARS = 8192; // KMS API reference, CreateKey
  private static final int TOKEN_BYTES = 32;
  private static final int GRANT_ID_BYTES = 32; // 64 digits, as in KMS

  private final LocalKeySettings settings;
  private final KeyRealm realm;
  private final LocalKeyStore store;

  private LocalKeyService(LocalKeySettings settings, KeyStoreFiles files) {
    this.settings = settings;
    this.realm = settings.realm();
    this.store = new LocalKeyStore(files, settings.clock());
  }

  /// Makes a key store in a folder.
  ///
  /// @throws KeyServiceException.KeyStoreException if there is one, or it cannot be made
  public static LocalKeyService create(
      Path folder, RootKeySource source, LocalKeySettings settings) {
    return new LocalKeyService(settings, KeyStoreFiles.create(folder, source, settings));
  }

  /// Opens the key store of a folder. With a passphrase this takes about half a second, once.
  ///
  /// @throws KeyServiceException.KeyStoreException if there is none, the passphrase or root key is
  ///   wrong, a file was changed, or the store is in use; the message says what to do
  public static LocalKeyService open(Path folder, RootKeySource source, LocalKeySettings settings) {
    return new LocalKeyService(settings, KeyStoreFiles.open(folder, source, settings));
  }

  /// What was found amiss when the store was opened and did not keep it from opening: traces of a
  /// crash, or a loss of evidence that was accepted. For the node's log.
  public List<String> openingNotes() {
    return store.notes();
  }

  // Keys

  @Override
  public KeyMetadata createKey(Caller caller, String description) {
    AuditCall call = new AuditCall(caller, KeyOperation.CREATE_KEY, "");
    return store.change(
        call,
        ring -> {
          Authorization.checkOwner(caller, KeyOperation.CREATE_KEY);
          CustomerKey key = draw(ring, description);
          call.found(key);
          return new Step<>(ring.with(key), key.metadata(realm));
        });
  }

  @Override
  public KeyMetadata describeKey(Caller caller, String key) {
    if (key.equals(EBS_ALIAS) && caller.isOwner()) {
      ensureEbsKey();
    }
    AuditCall call = new AuditCall(caller, KeyOperation.DESCRIBE_KEY, key);
    return store.use(
        call,
        ring -> {
          CustomerKey found = find(ring, call, key);
          Authorization.check(caller, ring, found, KeyOperation.DESCRIBE_KEY, Optional.empty());
          return found.metadata(realm);
        });
  }

  @Override
  public List<KeyMetadata> listKeys(Caller caller) {
    return store.use(
        new AuditCall(caller, KeyOperation.LIST_KEYS, ""),
        ring -> {
          Authorization.checkOwner(caller, KeyOperation.LIST_KEYS);
          return ring.keys().values().stream().map(key -> key.metadata(realm)).toList();
        });
  }

  @Override
  public KeyMetadata enableKey(Caller caller, String key) {
    return changeKey(caller, KeyOperation.ENABLE_KEY, key, "", found -> found.withEnabled(true));
  }

  @Override
  public KeyMetadata disableKey(Caller caller, String key) {
    return changeKey(caller, KeyOperation.DISABLE_KEY, key, "", found -> found.withEnabled(false));
  }

  @Override
  public KeyMetadata scheduleKeyDeletion(Caller caller, String key, int pendingDays) {
    return changeKey(
        caller,
        KeyOperation.SCHEDULE_KEY_DELETION,
        key,
        "days " + pendingDays,
        found -> {
          if (pendingDays < MIN_PENDING_DAYS || pendingDays > MAX_PENDING_DAYS) {
            throw new ValidationException(
                "waiting period must be %d to %d days days=%d"
                    .formatted(MIN_PENDING_DAYS, MAX_PENDING_DAYS, pendingDays));
          }
          return found.scheduledForDeletion(store.now().plus(Duration.ofDays(pendingDays)));
        });
  }

  @Override
  public KeyMetadata cancelKeyDeletion(Caller caller, String key) {
    return changeKey(
        caller, KeyOperation.CANCEL_KEY_DELETION, key, "", CustomerKey::deletionCancelled);
  }

  /// Deletes the keys whose waiting period is over: their secrets are wiped, and what they wrapped
  /// cannot be read any more, by anybody.
  ///
  /// @return the ids of the deleted keys
  public List<String> purgeDue() {
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

  // Aliases

  @Override
  public void createAlias(Caller caller, String name, String key) {
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

  @Override
  public void updateAlias(Caller caller, String name, String key) {
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

  @Override
  public void deleteAlias(Caller caller, String name) {
    store.change(
        new AuditCall(caller, KeyOperation.DELETE_ALIAS, name),
        ring -> {
          Authorization.checkOwner(caller, KeyOperation.DELETE_ALIAS);
          KeyReference.checkNewAlias(name);
          return new Step<>(ring.withoutAlias(name), name);
        });
  }

  @Override
  public List<KeyAlias> listAliases(Caller caller) {
    return store.use(
        new AuditCall(caller, KeyOperation.LIST_ALIASES, ""),
        ring -> {
          Authorization.checkOwner(caller, KeyOperation.LIST_ALIASES);
          return ring.aliases().entrySet().stream()
              .map(alias ->
                  new KeyAlias(
                      alias.getKey(), realm.arn(alias.getKey()), alias.getValue().toString()))
              .toList();
        });
  }

  // Rotation

  @Override
  public void enableKeyRotation(Caller caller, String key, int periodDays) {
    changeKey(
        caller,
        KeyOperation.ENABLE_KEY_ROTATION,
        key,
        "days " + periodDays,
        found ->
            found.withSchedule(Optional.of(RotationSchedule.startingAt(store.now(), periodDays))));
  }

  @Override
  public void disableKeyRotation(Caller caller, String key) {
    changeKey(
        caller,
        KeyOperation.DISABLE_KEY_ROTATION,
        key,
        "",
        found -> found.withSchedule(Optional.empty()));
  }

  @Override
  public RotationStatus keyRotationStatus(Caller caller, String key) {
    AuditCall call = new AuditCall(caller, KeyOperation.GET_KEY_ROTATION_STATUS, key);
    return store.use(
        call,
        ring -> {
          Authorization.checkOwner(caller, KeyOperation.GET_KEY_ROTATION_STATUS);
          return find(ring, call, key).rotationStatus();
        });
  }

  @Override
  public KeyMetadata rotateKeyOnDemand(Caller caller, String key) {
    return changeKey(
        caller, KeyOperation.ROTATE_KEY_ON_DEMAND, key, "", found -> rotate(found, true));
  }

  /// Rotates the keys whose automatic rotation is due.
  ///
  /// @return the ids of the rotated keys
  public List<String> rotateDue() {
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

  // Data keys

  @Override
  public GeneratedKey generateDataKey(Caller caller, String key, EncryptionContext context) {
    AuditCall call = new AuditCall(caller, KeyOperation.GENERATE_DATA_KEY, key).context(context);
    return store.use(
        call,
        ring -> {
          CustomerKey found = find(ring, call, key);
          Authorization.check(
              caller, ring, found, KeyOperation.GENERATE_DATA_KEY, Optional.of(context));
          found.checkUsable();
          byte[] raw = random(DataKey.SIZE_BYTES);
          WrappedKey wrapped = wrap(found, context, raw);
          return new GeneratedKey(DataKey.adopt(raw), wrapped);
        });
  }

  @Override
  public WrappedKey generateDataKeyWithoutPlaintext(
      Caller caller, String key, EncryptionContext context) {
    AuditCall call =
        new AuditCall(caller, KeyOperation.GENERATE_DATA_KEY_WITHOUT_PLAINTEXT, key)
            .context(context);
    return store.use(
        call,
        ring -> {
          CustomerKey found = find(ring, call, key);
          Authorization.check(
              caller,
              ring,
              found,
              KeyOperation.GENERATE_DATA_KEY_WITHOUT_PLAINTEXT,
              Optional.of(context));
          found.checkUsable();
          byte[] raw = random(DataKey.SIZE_BYTES);
          try {
            return wrap(found, context, raw);
          } finally {
            Arrays.fill(raw, (byte) 0);
          }
        });
  }

  @Override
  public DataKey decrypt(
      Caller caller, CiphertextBlob blob, EncryptionContext context, Optional<String> expectedKey) {
    AuditCall call =
        new AuditCall(caller, KeyOperation.DECRYPT, expectedKey.orElse("")).context(context);
    return store.use(
        call,
        ring -> {
          BlobCodec.Parsed parsed = parse(blob);
          CustomerKey key = keyOf(ring, call, parsed);
          expectedKey.ifPresent(expected -> checkExpected(ring, expected, key));
          Authorization.check(caller, ring, key, KeyOperation.DECRYPT, Optional.of(context));
          key.checkUsable();
          return DataKey.adopt(unwrap(key, parsed, context));
        });
  }

  @Override
  public WrappedKey reEncrypt(
      Caller caller,
      CiphertextBlob blob,
      EncryptionContext sourceContext,
      String destinationKey,
      EncryptionContext destinationContext) {
    AuditCall call =
        new AuditCall(caller, KeyOperation.RE_ENCRYPT, "")
            .context(sourceContext)
            .detail("to " + destinationKey)
            .detail("context " + destinationContext.pairs());
    return store.use(
        call,
        ring -> {
          BlobCodec.Parsed parsed = parse(blob);
          CustomerKey source = keyOf(ring, call, parsed);
          CustomerKey destination = ring.find(KeyReference.parse(destinationKey, realm));
          Authorization.check(
              caller, ring, source, KeyOperation.RE_ENCRYPT_FROM, Optional.of(sourceContext));
          Authorization.check(
              caller,
              ring,
              destination,
              KeyOperation.RE_ENCRYPT_TO,
              Optional.of(destinationContext));
          source.checkUsable();
          destination.checkUsable();
          byte[] raw = unwrap(source, parsed, sourceContext);
          try {
            return wrap(destination, destinationContext, raw);
          } finally {
            Arrays.fill(raw, (byte) 0);
          }
        });
  }

  // Grants

  @Override
  public Grant.Created createGrant(Caller caller, String key, GrantRequest request) {
    AuditCall call = new AuditCall(caller, KeyOperation.CREATE_GRANT, key);
    return store.change(
        call,
        ring -> {
          CustomerKey found = find(ring, call, key);
          Authorization.checkMayGrant(caller, ring, found, request);
          found.checkUsable();
          String token = HexFormat.of().formatHex(random(TOKEN_BYTES));
          Grant grant =
              new Grant(
                  HexFormat.of().formatHex(random(GRANT_ID_BYTES)),
                  found.id().toString(),
                  caller.principal(),
                  store.now(),
                  request);
          call.detail("grant " + grant.grantId()).detail("to " + request.granteePrincipal());
          StoredGrant stored = new StoredGrant(grant, StoredGrant.digest(token));
          return new Step<>(ring.withGrant(stored), new Grant.Created(grant, token));
        });
  }

  @Override
  public List<Grant> listGrants(Caller caller, String key) {
    AuditCall call = new AuditCall(caller, KeyOperation.LIST_GRANTS, key);
    return store.use(
        call,
        ring -> {
          Authorization.checkOwner(caller, KeyOperation.LIST_GRANTS);
          return ring.grantsOf(find(ring, call, key)).stream().map(StoredGrant::grant).toList();
        });
  }

  @Override
  public void retireGrant(Caller caller, String token) {
    AuditCall call = new AuditCall(caller, KeyOperation.RETIRE_GRANT, "");
    store.change(
        call,
        ring -> {
          StoredGrant stored =
              ring.grantByToken(token)
                  .orElseThrow(() -> new InvalidGrantTokenException("grant token names no grant"));
          return retire(ring, call, stored);
        });
  }

  @Override
  public void retireGrant(Caller caller, String key, String grantId) {
    AuditCall call = new AuditCall(caller, KeyOperation.RETIRE_GRANT, key);
    store.change(call, ring -> retire(ring, call, ring.grant(find(ring, call, key), grantId)));
  }

  @Override
  public void revokeGrant(Caller caller, String key, String grantId) {
    AuditCall call =
        new AuditCall(caller, KeyOperation.REVOKE_GRANT, key).detail("grant " + grantId);
    store.change(
        call,
        ring -> {
          Authorization.checkOwner(caller, KeyOperation.REVOKE_GRANT);
          StoredGrant stored = ring.grant(find(ring, call, key), grantId);
          return new Step<>(ring.withoutGrant(grantId), stored);
        });
  }

  // Audit

  /// Walks the audit log and checks its chain.
  public AuditVerification verifyAudit() {
    AuditScan scan = store.scanAudit(entry -> {});
    Optional<String> firstBad =
        switch (scan.tail()) {
          case AuditScan.Clean _ -> Optional.empty();
          case AuditScan.Torn(long bytes) -> Optional.of("entry is incomplete bytes=" + bytes);
          case AuditScan.Bad(String what) -> Optional.of(what);
        };
    return new AuditVerification(scan.head().sequence(), firstBad);
  }

  /// Authentic entries of the audit log, oldest first.
  ///
  /// @param fromSequence the first one wanted, from 1
  /// @param limit the most to return
  public List<AuditEntry> auditEntries(long fromSequence, int limit) {
    List<AuditEntry> entries = new ArrayList<>();
    store.scanAudit(entry -> {
      if (entry.sequence() >= fromSequence && entries.size() < limit) {
        entries.add(entry);
      }
    });
    return entries;
  }

  @Override
  public void close() {
    store.close();
  }

  private void ensureEbsKey() {
    if (!lacksEbsKey()) {
      return;
    }
    AuditCall call =
        new AuditCall(Caller.owner(), KeyOperation.CREATE_KEY, "").detail("as " + EBS_ALIAS);
    store.change(
        call,
        ring -> {
          if (ring.aliases().containsKey(EBS_ALIAS)) {
            return new Step<>(ring, EBS_ALIAS); // another call was faster
          }
          CustomerKey key = draw(ring, "protects volumes for which no other key is named");
          call.found(key);
          return new Step<>(ring.with(key).withNewAlias(EBS_ALIAS, key), EBS_ALIAS);
        });
  }

  private boolean lacksEbsKey() {
    return !store.peek(ring -> ring.aliases().containsKey(EBS_ALIAS));
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
          CustomerKey changed = change.apply(find(ring, call, key));
          return new Step<>(ring.with(changed), changed.metadata(realm));
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
          CustomerKey target = find(ring, call, key);
          return new Step<>(change.apply(ring, target), name);
        });
  }

  private static Step<StoredGrant> retire(KeyRing ring, AuditCall call, StoredGrant stored) {
    Grant grant = stored.grant();
    call.detail("grant " + grant.grantId()).detail("key " + grant.keyId());
    Authorization.checkMayRetire(call.caller(), grant);
    return new Step<>(ring.withoutGrant(grant.grantId()), stored);
  }

  private CustomerKey find(KeyRing ring, AuditCall call, String key) {
    CustomerKey found = ring.find(KeyReference.parse(key, realm));
    call.found(found);
    return found;
  }

  private static BlobCodec.Parsed parse(CiphertextBlob blob) {
    return BlobCodec.parse(blob).orElseThrow(InvalidCiphertextException::new);
  }

  /// The key that a blob names. A name nobody ever had is a changed blob.
  private static CustomerKey keyOf(KeyRing ring, AuditCall call, BlobCodec.Parsed blob) {
    if (!ring.knows(blob.keyId())) {
      throw new InvalidCiphertextException();
    }
    CustomerKey key = ring.find(new KeyReference.ById(blob.keyId()));
    call.found(key);
    return key;
  }

  private void checkExpected(KeyRing ring, String expected, CustomerKey actual) {
    CustomerKey named = ring.find(KeyReference.parse(expected, realm));
    if (!named.id().equals(actual.id())) {
      throw new IncorrectKeyException(
          "ciphertext was made under another key expected=" + named.id());
    }
  }

  private WrappedKey wrap(CustomerKey key, EncryptionContext context, byte[] raw) {
    CiphertextBlob blob = BlobCodec.seal(key.id(), key.current(), context, raw, settings.random());
    return new WrappedKey(blob, key.arn(realm));
  }

  private static byte[] unwrap(CustomerKey key, BlobCodec.Parsed blob, EncryptionContext context) {
    KeyMaterial material =
        key.material(blob.materialNumber()).orElseThrow(InvalidCiphertextException::new);
    try {
      return BlobCodec.open(blob, material, context);
    } catch (AEADBadTagException e) {
      throw new InvalidCiphertextException();
    }
  }

  private CustomerKey draw(KeyRing ring, String description) {
    if (description.length() > MAX_DESCRIPTION_CHARS) {
      throw new ValidationException("description too long length=" + description.length());
    }
    ring.checkRoomForKey();
    Instant now = store.now();
    KeyMaterial first = KeyMaterial.adopt(1, now, false, random(KeyMaterial.SECRET_BYTES));
    return new CustomerKey(
        randomUuid(), description, now, true, Optional.empty(), Optional.empty(), List.of(first));
  }

  private CustomerKey rotate(CustomerKey key, boolean onDemand) {
    key.checkRotatable(onDemand);
    int number = key.current().number() + 1;
    return key.rotated(
        KeyMaterial.adopt(number, store.now(), onDemand, random(KeyMaterial.SECRET_BYTES)));
  }

  private byte[] random(int length) {
    byte[] bytes = new byte[length];
    settings.random().nextBytes(bytes);
    return bytes;
  }

  /// A version 4 UUID (RFC 9562) from our source of randomness.
  private UUID randomUuid() {
    long high = settings.random().nextLong() & ~0xF000L | 0x4000L;
    long low = settings.random().nextLong() >>> 2 | 1L << 63;
    return new UUID(high, low);
  }
}
