package dev.quarry.crypto;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The embedded key service: customer keys in a sealed file, an audit log beside it.
///
/// Calls that use keys run side by side; calls that change them run alone, and are durable when
/// they return. A call's entry in the audit log is durable before the caller gets its answer. If a
/// file cannot be written, the call fails with KMSInternalException and so does every later one
/// until the service is opened again.
///
/// Time passes for it only when it is asked: call [#rotateDue] and [#purgeDue] about once an hour.
public final class LocalKeyService implements KeyService {
  private final LocalKeyStore store;
  private final KeyCalls keys;
  private final AliasCalls aliases;
  private final DataKeyCalls dataKeys;
  private final GrantCalls grants;

  private LocalKeyService(LocalKeySettings settings, KeyStoreFiles files) {
    this.store = new LocalKeyStore(files, settings);
    this.keys = new KeyCalls(store);
    this.aliases = new AliasCalls(store);
    this.dataKeys = new DataKeyCalls(store);
    this.grants = new GrantCalls(store);
  }

  /// Loads what every key store needs: the JDK's ciphers and our native calls. The first use in a
  /// process costs a tenth of a second; a program that is starting can have this done by another
  /// thread meanwhile.
  public static void preload() {
    SecretMemory.allocate(AesGcm.KEY_BYTES).close();
    Hkdf.derive(new byte[AesGcm.KEY_BYTES], new byte[0], new byte[0], AesGcm.KEY_BYTES);
    AesGcm.seal(new byte[AesGcm.KEY_BYTES], new byte[AesGcm.NONCE_BYTES], new byte[0], new byte[0]);
  }

  /// Makes a key store in a folder.
  ///
  /// @throws KeyServiceException.KeyStoreException if there is one, or it cannot be made
  public static LocalKeyService create(
      Path folder, RootKeySource source, LocalKeySettings settings) {
    return new LocalKeyService(settings, KeyStoreFiles.create(folder, source, settings));
  }

  /// What kind of root key the key store of a folder needs; empty if there is no key store.
  ///
  /// @throws KeyServiceException.KeyStoreException if its key file is none or cannot be read
  public static Optional<RootKeyKind> rootKeyKind(Path folder) {
    return KeyStoreFiles.kind(folder);
  }

  /// Opens the key store of a folder. With a passphrase this takes about half a second, once.
  ///
  /// @throws KeyServiceException.KeyStoreException if there is none, the passphrase or root key is
  ///   wrong, a file was changed, or the store is in use; the message says what to do
  public static LocalKeyService open(Path folder, RootKeySource source, LocalKeySettings settings) {
    return new LocalKeyService(settings, KeyStoreFiles.open(folder, source, settings));
  }

  /// Seals all keys under another root key, at once: a crash leaves the old or the new one in
  /// force. The keys stay what they are, so that an old copy of the key file still opens with the
  /// old root key.
  ///
  /// @throws KeyServiceException.KeyStoreException if the new root key cannot be read; nothing is
  ///   changed then
  public void changeRootKey(RootKeySource source) {
    store.changeRootKey(new AuditCall(Caller.owner(), KeyOperation.CHANGE_ROOT_KEY, ""), source);
  }

  /// What was found amiss when the store was opened and did not keep it from opening: traces of a
  /// crash, or a loss of evidence that was accepted. For the node's log.
  public List<String> openingNotes() {
    return store.notes();
  }

  @Override
  public KeyMetadata createKey(Caller caller, String description) {
    return keys.createKey(caller, description);
  }

  @Override
  public KeyMetadata describeKey(Caller caller, String key) {
    return keys.describeKey(caller, key);
  }

  @Override
  public List<KeyMetadata> listKeys(Caller caller) {
    return keys.listKeys(caller);
  }

  @Override
  public KeyMetadata enableKey(Caller caller, String key) {
    return keys.enableKey(caller, key);
  }

  @Override
  public KeyMetadata disableKey(Caller caller, String key) {
    return keys.disableKey(caller, key);
  }

  @Override
  public KeyMetadata scheduleKeyDeletion(Caller caller, String key, int pendingDays) {
    return keys.scheduleKeyDeletion(caller, key, pendingDays);
  }

  @Override
  public KeyMetadata cancelKeyDeletion(Caller caller, String key) {
    return keys.cancelKeyDeletion(caller, key);
  }

  /// Deletes the keys whose waiting period is over: their secrets are wiped, and what they wrapped
  /// cannot be read any more, by anybody.
  ///
  /// @return the ids of the deleted keys
  public List<String> purgeDue() {
    return keys.purgeDue();
  }

  @Override
  public void createAlias(Caller caller, String name, String key) {
    aliases.createAlias(caller, name, key);
  }

  @Override
  public void updateAlias(Caller caller, String name, String key) {
    aliases.updateAlias(caller, name, key);
  }

  @Override
  public void deleteAlias(Caller caller, String name) {
    aliases.deleteAlias(caller, name);
  }

  @Override
  public List<KeyAlias> listAliases(Caller caller) {
    return aliases.listAliases(caller);
  }

  @Override
  public void enableKeyRotation(Caller caller, String key, int periodDays) {
    keys.enableKeyRotation(caller, key, periodDays);
  }

  @Override
  public void disableKeyRotation(Caller caller, String key) {
    keys.disableKeyRotation(caller, key);
  }

  @Override
  public RotationStatus keyRotationStatus(Caller caller, String key) {
    return keys.keyRotationStatus(caller, key);
  }

  @Override
  public KeyMetadata rotateKeyOnDemand(Caller caller, String key) {
    return keys.rotateKeyOnDemand(caller, key);
  }

  /// Rotates the keys whose automatic rotation is due.
  ///
  /// @return the ids of the rotated keys
  public List<String> rotateDue() {
    return keys.rotateDue();
  }

  @Override
  public GeneratedKey generateDataKey(Caller caller, String key, EncryptionContext context) {
    return dataKeys.generateDataKey(caller, key, context);
  }

  @Override
  public WrappedKey generateDataKeyWithoutPlaintext(
      Caller caller, String key, EncryptionContext context) {
    return dataKeys.generateDataKeyWithoutPlaintext(caller, key, context);
  }

  @Override
  public DataKey decrypt(
      Caller caller, CiphertextBlob blob, EncryptionContext context, Optional<String> expectedKey) {
    return dataKeys.decrypt(caller, blob, context, expectedKey);
  }

  @Override
  public WrappedKey reEncrypt(
      Caller caller,
      CiphertextBlob blob,
      EncryptionContext sourceContext,
      String destinationKey,
      EncryptionContext destinationContext) {
    return dataKeys.reEncrypt(caller, blob, sourceContext, destinationKey, destinationContext);
  }

  @Override
  public Grant.Created createGrant(Caller caller, String key, GrantRequest request) {
    return grants.createGrant(caller, key, request);
  }

  @Override
  public List<Grant> listGrants(Caller caller, String key) {
    return grants.listGrants(caller, key);
  }

  @Override
  public void retireGrant(Caller caller, String token) {
    grants.retireGrant(caller, token);
  }

  @Override
  public void retireGrant(Caller caller, String key, String grantId) {
    grants.retireGrant(caller, key, grantId);
  }

  @Override
  public void revokeGrant(Caller caller, String key, String grantId) {
    grants.revokeGrant(caller, key, grantId);
  }

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
}
