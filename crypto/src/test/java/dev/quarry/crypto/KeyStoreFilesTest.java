package dev.quarry.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.crypto.KeyServiceException.KMSInternalException;
import dev.quarry.crypto.KeyServiceException.KeyStoreException;
import dev.quarry.crypto.KeyServiceException.ValidationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyStoreFilesTest {
  private static final Caller OWNER = Caller.owner();
  private static final EncryptionContext VOL = EncryptionContext.ofEbs("vol-1");
  private static final Optional<String> ANY_KEY = Optional.empty();
  private static final String REFUSED =
      "key file cannot be opened: wrong passphrase or root key, or the file was changed";

  @TempDir private Path temp;
  private final Stores stores = new Stores();

  @Test
  void open_afterClose_findsEverything() {
    Path folder = temp.resolve("keys");
    List<KeyMetadata> keys;
    List<Grant> grants;
    RotationStatus rotation;
    Grant.Created created;
    CiphertextBlob blob;
    CiphertextBlob deletedBlob;
    byte[] value;
    try (LocalKeyService service = stores.create(folder)) {
      KeyMetadata key = service.createKey(OWNER, "für web €");
      KeyMetadata pending = service.createKey(OWNER, "");
      KeyMetadata off = service.createKey(OWNER, "off");
      KeyMetadata gone = service.createKey(OWNER, "gone");
      service.describeKey(OWNER, KeyService.EBS_ALIAS);
      service.createAlias(OWNER, "alias/web", key.keyId());
      blob = service.generateDataKeyWithoutPlaintext(OWNER, "alias/web", VOL).blob();
      deletedBlob = service.generateDataKeyWithoutPlaintext(OWNER, gone.keyId(), VOL).blob();
      value = value(service, blob);
      service.enableKeyRotation(OWNER, key.keyId(), 90);
      service.rotateKeyOnDemand(OWNER, key.keyId());
      service.disableKey(OWNER, off.keyId());
      service.scheduleKeyDeletion(OWNER, gone.keyId(), 7);
      stores.clock.advance(Duration.ofDays(7));
      assertEquals(List.of(gone.keyId()), service.purgeDue());
      service.scheduleKeyDeletion(OWNER, pending.keyId(), 30);
      created = grant(service, key, new GrantConstraint.Any());
      grant(service, key, new GrantConstraint.ContextEquals(VOL));
      grant(
          service,
          key,
          new GrantConstraint.ContextSubset(EncryptionContext.of(Map.of("a", "b", "c", ""))));
      keys = service.listKeys(OWNER);
      grants = service.listGrants(OWNER, key.keyId());
      rotation = service.keyRotationStatus(OWNER, key.keyId());
    }
    try (LocalKeyService service = stores.open(folder)) {
      assertEquals(List.of(), service.openingNotes());
      assertEquals(keys, service.listKeys(OWNER));
      assertEquals(grants, service.listGrants(OWNER, "alias/web"));
      assertEquals(rotation, service.keyRotationStatus(OWNER, "alias/web"));
      assertArrayEquals(value, value(service, blob));
      KeyServiceException gone =
          assertThrows(
              KeyServiceException.NotFoundException.class, () -> value(service, deletedBlob));
      assertTrue(gone.getMessage().contains("deleted"), gone.getMessage());
      service.retireGrant(OWNER, created.token());
      assertTrue(service.verifyAudit().intact());
    }
  }

  @Test
  void create_whereThereIsOne_andOpen_whereThereIsNone_areRefused() {
    Path folder = temp.resolve("keys");
    KeyStoreException none = assertThrows(KeyStoreException.class, () -> stores.open(folder));
    assertTrue(none.getMessage().startsWith("there is no key store"), none.getMessage());
    stores.create(folder).close();
    KeyStoreException one = assertThrows(KeyStoreException.class, () -> stores.create(folder));
    assertTrue(one.getMessage().startsWith("there is a key store already"), one.getMessage());
    stores.open(folder).close();
  }

  @Test
  void open_whileOpen_isRefused() {
    Path folder = temp.resolve("keys");
    try (LocalKeyService service = stores.create(folder)) {
      KeyStoreException refused = assertThrows(KeyStoreException.class, () -> stores.open(folder));
      assertTrue(refused.getMessage().startsWith("key store is in use"), refused.getMessage());
      service.createKey(OWNER, "still works");
    }
  }

  @Test
  void files_areForTheirOwnerOnly() throws IOException {
    Path folder = temp.resolve("keys");
    stores.create(folder).close();
    assertEquals("rwx------", mode(folder));
    assertEquals("rw-------", mode(folder.resolve("keyfile")));
    assertEquals("rw-------", mode(folder.resolve("audit.log")));
  }

  @Test
  void open_keyFileChangedOrCutAnywhere_looksLikeAWrongKey() throws IOException {
    Path folder = temp.resolve("keys");
    try (LocalKeyService service = stores.create(folder)) {
      service.createKey(OWNER, "");
    }
    Path file = folder.resolve("keyfile");
    byte[] good = Files.readAllBytes(file);
    for (int i = 0; i < good.length; i++) {
      byte[] changed = good.clone();
      changed[i] ^= 0x41;
      assertRefused(folder, changed);
      assertRefused(folder, Arrays.copyOf(good, i));
    }
    assertRefused(folder, Arrays.copyOf(good, good.length + 1));
    RootKeySource wrong =
        new RootKeySource.EnvironmentVariable("K", Map.of("K", Stores.ROOT_KEY.replace('f', 'e')));
    Files.write(file, good);
    KeyStoreException refused =
        assertThrows(
            KeyStoreException.class, () -> LocalKeyService.open(folder, wrong, stores.settings));
    assertEquals(REFUSED, refused.getMessage());
    stores.open(folder).close();
  }

  @Test
  void passphrase_opensItsFile_andNothingElseDoes() throws IOException {
    Path folder = temp.resolve("keys");
    CiphertextBlob blob;
    byte[] value;
    try (RootKeySource.Passphrase right = passphrase("correct horse € 🐎");
        LocalKeyService service = LocalKeyService.create(folder, right, stores.settings)) {
      KeyMetadata key = service.createKey(OWNER, "");
      blob = service.generateDataKeyWithoutPlaintext(OWNER, key.keyId(), VOL).blob();
      value = value(service, blob);
    }
    for (String text : List.of("correct horse € 🐴", "correct horse", " ")) {
      assertRefused(folder, passphrase(text), REFUSED);
    }
    assertRefused(folder, Stores.SOURCE, "key file is sealed under a passphrase, not a root key");
    Path file = folder.resolve("keyfile");
    byte[] good = Files.readAllBytes(file);
    for (int i = 0; i < KeyFileHeader.SIZE_BYTES; i++) {
      byte[] changed = good.clone();
      changed[i] ^= 0x41;
      Files.write(file, changed);
      assertRefused(folder, passphrase("correct horse € 🐎"), REFUSED);
    }
    Files.write(file, good);
    try (RootKeySource.Passphrase right = passphrase("correct horse € 🐎");
        LocalKeyService service = LocalKeyService.open(folder, right, stores.settings)) {
      assertArrayEquals(value, value(service, blob));
    }
    assertThrows(ValidationException.class, () -> passphrase(""));
  }

  @Test
  void rootKeyFile_mustBeForItsOwnerOnly() throws IOException {
    Path keyText = temp.resolve("root.key");
    Files.writeString(keyText, Stores.ROOT_KEY + "\n");
    RootKeySource source = new RootKeySource.KeyTextFile(keyText);
    Path folder = temp.resolve("keys");
    setMode(keyText, "rw-------");
    LocalKeyService.create(folder, source, stores.settings).close();
    for (String allowed : List.of("rw-------", "r--------")) {
      setMode(keyText, allowed);
      LocalKeyService.open(folder, source, stores.settings).close();
    }
    for (String loose :
        List.of("rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rwx------", "rw-rw-rw-")) {
      setMode(keyText, loose);
      KeyStoreException refused =
          assertThrows(
              KeyStoreException.class, () -> LocalKeyService.open(folder, source, stores.settings));
      assertTrue(refused.getMessage().contains("chmod 600"), refused.getMessage());
      assertTrue(refused.getMessage().contains(loose), refused.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no key at all",
        "zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
      })
  void rootKeyText_ofAnotherForm_isRefusedWithoutShowingIt(String text) throws IOException {
    Path keyText = temp.resolve("root.key");
    Files.writeString(keyText, text);
    setMode(keyText, "rw-------");
    for (RootKeySource source :
        List.of(
            new RootKeySource.KeyTextFile(keyText),
            new RootKeySource.EnvironmentVariable("K", Map.of("K", text)),
            new RootKeySource.EnvironmentVariable("K", Map.of()))) {
      KeyStoreException refused =
          assertThrows(
              KeyStoreException.class,
              () -> LocalKeyService.create(temp.resolve("keys"), source, stores.settings));
      // The folder's name has a random number, which may hold any digits.
      String told = (refused.getMessage() + source).replace(temp.toString(), "");
      assertFalse(!text.isEmpty() && told.contains(text), told);
    }
    KeyStoreException missing =
        assertThrows(
            KeyStoreException.class,
            () ->
                LocalKeyService.create(
                    temp.resolve("keys"),
                    new RootKeySource.KeyTextFile(temp.resolve("none")),
                    stores.settings));
    assertTrue(missing.getMessage().contains("cannot be read"), missing.getMessage());
  }

  @Test
  void newKeyText_isAKeyOfItsOwn() {
    Set<String> texts = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      String text = RootKeySource.newKeyText(stores.settings.random());
      texts.add(text);
      RootKeySource source = new RootKeySource.EnvironmentVariable("K", Map.of("K", text));
      LocalKeyService.create(temp.resolve("keys" + i), source, stores.settings).close();
    }
    assertEquals(10, texts.size());
  }

  @Test
  void open_keyFileRolledBack_isRefusedUnlessTheLossIsAccepted() throws IOException {
    Path folder = temp.resolve("keys");
    Path file = folder.resolve("keyfile");
    byte[] old;
    KeyMetadata first;
    try (LocalKeyService service = stores.create(folder)) {
      first = service.createKey(OWNER, "");
      old = Files.readAllBytes(file);
      service.createKey(OWNER, "");
    }
    Files.write(file, old);
    KeyStoreException refused = assertThrows(KeyStoreException.class, () -> stores.open(folder));
    assertTrue(
        refused
            .getMessage()
            .startsWith("key file is older than the audit log generation=2 newest=3"),
        refused.getMessage());
    try (LocalKeyService service = openAccepting(folder)) {
      assertEquals(1, service.openingNotes().size());
      assertEquals(List.of(first), service.listKeys(OWNER));
      AuditEntry noted = service.auditEntries(3, 1).getFirst();
      assertEquals("Recover", noted.operation());
      assertEquals(4, noted.generation());
    }
    try (LocalKeyService service = stores.open(folder)) {
      assertEquals(List.of(), service.openingNotes());
      assertTrue(service.verifyAudit().intact());
    }
  }

  @Test
  void open_auditLogLostShortenedOrExchanged_isRefusedUnlessTheLossIsAccepted() throws IOException {
    Path folder = temp.resolve("keys");
    Path log = folder.resolve("audit.log");
    try (LocalKeyService service = stores.create(folder)) {
      service.createKey(OWNER, "one");
      service.createKey(OWNER, "two");
    }
    byte[] good = Files.readAllBytes(log);
    int secondLine = lineStart(good, 2);
    Map<String, byte[]> losses =
        Map.of(
            "audit log is missing", new byte[0],
            "audit log was shortened or exchanged: it lacks entry 1",
                Arrays.copyOf(good, lineStart(good, 1)),
            "audit log was changed: entry 1 is not authentic",
                concat(
                    Arrays.copyOf(good, lineStart(good, 1)),
                    Arrays.copyOfRange(good, secondLine, good.length)));
    for (Map.Entry<String, byte[]> loss : losses.entrySet()) {
      Path copy = temp.resolve("copy" + loss.getKey().hashCode());
      copy(folder, copy);
      if (loss.getValue().length == 0) {
        Files.delete(copy.resolve("audit.log"));
      } else {
        Files.write(copy.resolve("audit.log"), loss.getValue());
      }
      KeyStoreException refused = assertThrows(KeyStoreException.class, () -> stores.open(copy));
      assertTrue(refused.getMessage().startsWith(loss.getKey()), refused.getMessage());
      try (LocalKeyService service = openAccepting(copy)) {
        assertEquals(2, service.listKeys(OWNER).size());
        assertEquals("Recover", service.auditEntries(1, 1).getFirst().operation());
        assertTrue(service.verifyAudit().intact());
      }
      try (Stream<Path> files = Files.list(copy)) {
        long keptLogs = files.filter(f -> f.toString().contains(".set-aside-")).count();
        assertEquals(loss.getValue().length == 0 ? 0 : 1, keptLogs);
      }
      stores.open(copy).close();
    }
  }

  @Test
  void open_afterACrashBetweenKeyFileAndLog_notesTheChange() throws IOException {
    Path folder = temp.resolve("keys");
    try (LocalKeyService service = stores.create(folder)) {
      service.createKey(OWNER, "one");
      service.createKey(OWNER, "two");
    }
    Path log = folder.resolve("audit.log");
    byte[] full = Files.readAllBytes(log);
    Files.write(log, Arrays.copyOf(full, lineStart(full, 2))); // as if the last entry never came
    Files.write(folder.resolve("keyfile.new"), new byte[] {1, 2, 3}); // and a replacement began
    try (LocalKeyService service = stores.open(folder)) {
      assertEquals(
          List.of("key file was changed without an entry generation=3"), service.openingNotes());
      assertEquals(2, service.listKeys(OWNER).size());
      service.createKey(OWNER, "three");
    }
    try (LocalKeyService service = stores.open(folder)) {
      assertEquals(List.of(), service.openingNotes());
      assertEquals(3, service.listKeys(OWNER).size());
    }
  }

  @Test
  void calls_whenAFileCannotBeWritten_failUntilItIsOpenedAgain() throws IOException {
    Path folder = temp.resolve("keys");
    LocalKeyService service = stores.create(folder);
    KeyMetadata key = service.createKey(OWNER, "");
    Path blocker = folder.resolve("keyfile.new");
    Files.createDirectory(blocker);
    Files.createFile(blocker.resolve("x")); // neither to be overwritten nor deleted
    assertThrows(KMSInternalException.class, () -> service.createKey(OWNER, ""));
    assertThrows(KMSInternalException.class, () -> service.describeKey(OWNER, key.keyId()));
    assertThrows(
        KMSInternalException.class, () -> service.generateDataKey(OWNER, key.keyId(), VOL));
    service.close();
    Files.delete(blocker.resolve("x"));
    Files.delete(blocker);
    try (LocalKeyService again = stores.open(folder)) {
      assertEquals(List.of(key), again.listKeys(OWNER));
    }
  }

  @Test
  void changeRootKey_betweenAllKinds_opensUnderTheNewOneOnly() throws IOException {
    Path folder = temp.resolve("keys");
    List<KeyMetadata> keys;
    CiphertextBlob blob;
    byte[] value;
    try (LocalKeyService service = stores.create(folder)) {
      KeyMetadata key = service.createKey(OWNER, "");
      keys = service.listKeys(OWNER);
      blob = service.generateDataKeyWithoutPlaintext(OWNER, key.keyId(), VOL).blob();
      value = value(service, blob);
    }
    RootKeySource before = Stores.SOURCE;
    for (RootKeySource next :
        List.of(passphrase("one"), passphrase("two"), otherKey(), Stores.SOURCE)) {
      try (LocalKeyService service = LocalKeyService.open(folder, before, stores.settings)) {
        service.changeRootKey(next);
        service.createAlias(OWNER, "alias/a", keys.getFirst().keyId()); // it goes on working
        service.deleteAlias(OWNER, "alias/a");
        assertEquals("ChangeRootKey ok", newest(service, 3));
      }
      RootKeySource old = before;
      KeyStoreException refused =
          assertThrows(
              KeyStoreException.class, () -> LocalKeyService.open(folder, old, stores.settings));
      assertTrue(
          Set.of(KeyStoreTrouble.NOT_AUTHENTIC, KeyStoreTrouble.OTHER_KIND)
              .contains(refused.trouble()));
      try (LocalKeyService service = LocalKeyService.open(folder, next, stores.settings)) {
        assertEquals(List.of(), service.openingNotes());
        assertEquals(keys, service.listKeys(OWNER));
        assertArrayEquals(value, value(service, blob));
        assertTrue(service.verifyAudit().intact());
      }
      before = next;
    }
  }

  @Test
  void changeRootKey_cutShortAtEachStep_leavesTheOldOrTheNewOneInForce() throws IOException {
    Path folder = temp.resolve("keys");
    RootKeySource next = passphrase("next");
    try (LocalKeyService service = stores.create(folder)) {
      service.createKey(OWNER, "");
    }
    Path before = temp.resolve("before");
    copy(folder, before);
    try (LocalKeyService service = stores.open(folder)) {
      service.changeRootKey(next);
    }
    byte[] newFile = Files.readAllBytes(folder.resolve("keyfile"));
    byte[] newLog = Files.readAllBytes(folder.resolve("audit.log"));
    int oldLogLength = (int) Files.size(before.resolve("audit.log"));

    for (int written = 0; written <= newFile.length; written += 7) { // before the rename
      Path crashed = copyOf(before, "new" + written);
      Files.write(crashed.resolve("keyfile.new"), Arrays.copyOf(newFile, written));
      assertRefused(crashed, next, "key file is sealed under a root key, not a passphrase");
      try (LocalKeyService service = stores.open(crashed)) {
        assertEquals(1, service.listKeys(OWNER).size());
        assertEquals(List.of(), service.openingNotes());
      }
    }
    for (int entered = oldLogLength; entered < newLog.length; entered += 5) { // after the rename
      Path crashed = copyOf(before, "log" + entered);
      Files.write(crashed.resolve("keyfile"), newFile);
      Files.write(crashed.resolve("audit.log"), Arrays.copyOf(newLog, entered));
      assertRefused(
          crashed, Stores.SOURCE, "key file is sealed under a passphrase, not a root key");
      try (LocalKeyService service = LocalKeyService.open(crashed, next, stores.settings)) {
        assertEquals(1, service.listKeys(OWNER).size());
        assertTrue(
            service.openingNotes().getLast().startsWith("key file was changed without an entry"));
        assertTrue(service.verifyAudit().intact());
      }
    }
  }

  @Test
  void changeRootKey_thatCannotBeReadOrWritten_changesNothing() throws IOException {
    Path folder = temp.resolve("keys");
    RootKeySource missing = new RootKeySource.KeyTextFile(temp.resolve("none"));
    try (LocalKeyService service = stores.create(folder)) {
      KeyStoreException refused =
          assertThrows(KeyStoreException.class, () -> service.changeRootKey(missing));
      assertEquals(KeyStoreTrouble.ROOT_KEY, refused.trouble());
      assertEquals("ChangeRootKey KeyStoreException", newest(service, 1));
      service.createKey(OWNER, "still works");
    }
    Path blocker = Files.createDirectory(folder.resolve("keyfile.new"));
    Files.createFile(blocker.resolve("x")); // neither to be overwritten nor deleted
    try (LocalKeyService service = stores.open(folder)) {
      assertThrows(KMSInternalException.class, () -> service.changeRootKey(otherKey()));
      assertThrows(KMSInternalException.class, () -> service.createKey(OWNER, ""));
    }
    Files.delete(blocker.resolve("x"));
    Files.delete(blocker);
    stores.open(folder).close();
  }

  /// The operation and the result of the last entry of the audit log but `back - 1`.
  private static String newest(LocalKeyService service, int back) {
    long last = service.verifyAudit().entryCount();
    AuditEntry entry = service.auditEntries(last - back + 1, 1).getFirst();
    return entry.operation() + " " + entry.result();
  }

  private static RootKeySource otherKey() {
    return new RootKeySource.EnvironmentVariable(
        "K", Map.of("K", Stores.ROOT_KEY.replace('f', 'e')));
  }

  private Path copyOf(Path folder, String name) throws IOException {
    Path copy = temp.resolve(name);
    copy(folder, copy);
    return copy;
  }

  @Test
  void create_afterAnInterruptedCreate_works() throws IOException {
    Path folder = temp.resolve("keys");
    stores.create(folder).close();
    Files.delete(folder.resolve("keyfile"));
    stores.create(folder).close();
    stores.open(folder).close();
  }

  /// An interrupt must not close the files under the other callers.
  @Test
  void calls_ofAnInterruptedThread_harmNobody() {
    Path folder = temp.resolve("keys");
    try (LocalKeyService service = stores.create(folder)) {
      Thread.currentThread().interrupt();
      KeyMetadata key = service.createKey(OWNER, "");
      service.generateDataKey(OWNER, key.keyId(), VOL).dataKey().close();
      assertTrue(Thread.interrupted());
      service.describeKey(OWNER, key.keyId());
      assertTrue(service.verifyAudit().intact());
    }
    stores.open(folder).close();
  }

  @Test
  void dataKeys_aThousand_openInSeconds() {
    Path folder = temp.resolve("keys");
    try (LocalKeyService service = stores.create(folder)) {
      KeyMetadata key = service.createKey(OWNER, "");
      long begin = System.nanoTime();
      CiphertextBlob[] blobs = new CiphertextBlob[1000];
      for (int i = 0; i < blobs.length; i++) {
        EncryptionContext context = EncryptionContext.ofEbs("vol-" + i);
        blobs[i] = service.generateDataKeyWithoutPlaintext(OWNER, key.keyId(), context).blob();
      }
      DataKey[] open = new DataKey[blobs.length];
      for (int i = 0; i < blobs.length; i++) {
        open[i] = service.decrypt(OWNER, blobs[i], EncryptionContext.ofEbs("vol-" + i), ANY_KEY);
      }
      long tookNanos = System.nanoTime() - begin;
      for (DataKey one : open) {
        one.close();
      }
      assertTrue(tookNanos < 60_000_000_000L, "seconds: " + tookNanos / 1e9);
      assertEquals(2001, service.verifyAudit().entryCount());
    }
  }

  private void assertRefused(Path folder, byte[] keyFile) throws IOException {
    Files.write(folder.resolve("keyfile"), keyFile);
    assertRefused(folder, Stores.SOURCE, REFUSED);
  }

  private void assertRefused(Path folder, RootKeySource source, String message) {
    KeyStoreException refused =
        assertThrows(
            KeyStoreException.class, () -> LocalKeyService.open(folder, source, stores.settings));
    assertEquals(message, refused.getMessage());
    assertEquals(null, refused.getCause());
  }

  private LocalKeyService openAccepting(Path folder) {
    return LocalKeyService.open(
        folder, Stores.SOURCE, stores.settings.with(Evidence.LOSS_ACCEPTED));
  }

  private static byte[] value(LocalKeyService service, CiphertextBlob blob) {
    try (DataKey key = service.decrypt(OWNER, blob, VOL, ANY_KEY)) {
      return key.checkValue();
    }
  }

  private static Grant.Created grant(
      LocalKeyService service, KeyMetadata key, GrantConstraint constraint) {
    return service.createGrant(
        OWNER,
        key.keyId(),
        new GrantRequest(
            "app",
            Optional.of("janitor"),
            Set.of(KeyOperation.DECRYPT, KeyOperation.RETIRE_GRANT),
            constraint));
  }

  private static RootKeySource.Passphrase passphrase(String text) {
    return RootKeySource.passphrase(text.toCharArray());
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static void setMode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  /// Where the line of an entry begins; entry 1 follows the header.
  private static int lineStart(byte[] log, int entry) {
    int at = 0;
    for (int line = 0; line < entry; line++) {
      while (log[at] != '\n') {
        at++;
      }
      at++;
    }
    return at;
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
