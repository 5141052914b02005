package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.crypto.Caller;
import dev.quarry.crypto.Evidence;
import dev.quarry.crypto.KeyMetadata;
import dev.quarry.crypto.LocalKeyService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How a node opens its keys, and what it says when it cannot.
final class NodeKeysTest {
  private static final Caller OWNER = Caller.owner();
  private static final String DIGITS =
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
  private static final RootKeyChoice IN_DATA = new RootKeyChoice.InDataFolder();
  private static final RootKeyChoice RIGHT = KeyFixture.passphrase("correct horse");

  @TempDir private Path temp;
  private KeyFixture keys;

  @BeforeEach
  void prepare() {
    keys = new KeyFixture(temp.resolve("data"), new ManualClock());
  }

  @Test
  void open_newFolder_makesARootKeyForItsOwnerAlone_andFindsItAgain() throws Exception {
    List<KeyMetadata> made = make(IN_DATA);
    Path file = keys.folder().resolve("root.key");
    assertEquals("rw-------", mode(file));
    assertEquals("rwx------", mode(keys.folder()));
    assertTrue(Files.readString(file).matches("[0-9a-f]{64}\n"));
    assertOpens(made, IN_DATA);
  }

  @Test
  void open_afterAStartThatWasCutShort_usesTheRootKeyItMade() throws Exception {
    make(IN_DATA);
    Path file = keys.folder().resolve("root.key");
    String text = Files.readString(file);
    Files.delete(keys.folder().resolve("keyfile"));
    List<KeyMetadata> made = make(IN_DATA);
    assertEquals(text, Files.readString(file));
    assertOpens(made, IN_DATA);
  }

  @Test
  void open_withEachSource_findsTheSameKeysAgain() throws Exception {
    for (RootKeyChoice choice : List.of(keyFile(DIGITS), variable(DIGITS), RIGHT)) {
      keys = new KeyFixture(temp.resolve(choice.getClass().getSimpleName()), new ManualClock());
      List<KeyMetadata> made = make(choice);
      assertFalse(Files.exists(keys.folder().resolve("root.key")));
      assertOpens(made, choice);
    }
  }

  @Test
  void open_sameRootKeyElsewhere_opens() throws Exception {
    List<KeyMetadata> made = make(keyFile(DIGITS));
    assertOpens(made, variable(DIGITS));
  }

  @Test
  void open_sealedUnderAPassphrase_refusesAllElse_andSaysWhatToGive() throws Exception {
    List<KeyMetadata> made = make(RIGHT);
    for (RootKeyChoice other : List.of(IN_DATA, keyFile(DIGITS), variable(DIGITS))) {
      NodeException e = refused(other);
      assertTrue(e.getMessage().contains("sealed under a passphrase"), e.getMessage());
      assertTrue(e.remedy().contains("--passphrase-file"), e.remedy());
    }
    NodeException wrong = refused(KeyFixture.passphrase("correct donkey"));
    assertEquals(
        "key file cannot be opened: wrong passphrase or root key, or the file was changed keys="
            + keys.folder(),
        wrong.getMessage());
    assertTrue(wrong.remedy().contains("give the passphrase"), wrong.remedy());
    assertOpens(made, RIGHT);
  }

  @Test
  void open_sealedUnderAKey_refusesAPassphraseWithoutAskingForIt() throws Exception {
    make(keyFile(DIGITS));
    NodeException e =
        refused(
            new RootKeyChoice.Passphrase(_ -> {
              throw new AssertionError("it was asked for");
            }));
    assertTrue(e.getMessage().contains("under a root key, not a passphrase"), e.getMessage());
    assertTrue(e.remedy().contains("--root-key-file"), e.remedy());
  }

  @Test
  void open_sealedUnderAnotherKey_isRefused() throws Exception {
    List<KeyMetadata> made = make(IN_DATA);
    NodeException e = refused(keyFile(DIGITS));
    assertTrue(e.getMessage().startsWith("key file cannot be opened: wrong "), e.getMessage());
    assertTrue(e.remedy().contains("none if it is in the data folder"), e.remedy());
    assertOpens(made, IN_DATA);
  }

  @Test
  void open_rootKeyOfTheFolderIsGone_saysWhereItWas() throws Exception {
    make(IN_DATA);
    Path file = keys.folder().resolve("root.key");
    Files.delete(file);
    NodeException e = refused(IN_DATA);
    assertTrue(e.getMessage().contains("is not there file=" + file), e.getMessage());
    assertTrue(e.remedy().contains("--root-key-file"), e.remedy());
  }

  @Test
  void open_rootKeyCannotBeRead_saysHowOneIsMade_onlyWhereThatHarmsNothing() throws Exception {
    List<RootKeyChoice> missing =
        List.of(
            new RootKeyChoice.KeyFile(temp.resolve("none")),
            new RootKeyChoice.Variable("KEY", Map.of()));
    for (RootKeyChoice choice : missing) {
      NodeException e = refused(choice);
      assertTrue(e.remedy().contains("openssl rand -hex 32"), e.remedy());
    }
    assertFalse(refused(keyFile("short")).remedy().contains("openssl"));
    make(keyFile(DIGITS));
    for (RootKeyChoice choice : missing) {
      NodeException e = refused(choice);
      assertFalse(e.remedy().contains("openssl"), e.remedy());
    }
  }

  @Test
  void changeRoot_fromEachToEach_opensUnderTheNewOneOnly() throws Exception {
    List<RootKeyChoice> choices = List.of(IN_DATA, RIGHT, keyFile(DIGITS), IN_DATA, IN_DATA);
    List<KeyMetadata> made = make(IN_DATA);
    Path own = keys.folder().resolve("root.key");
    for (int i = 1; i < choices.size(); i++) {
      String before = Files.exists(own) ? Files.readString(own) : "";
      keys.changeRoot(choices.get(i - 1), choices.get(i));
      boolean inFolder = choices.get(i).equals(IN_DATA);
      assertEquals(inFolder, Files.exists(own));
      assertFalse(inFolder && Files.readString(own).equals(before));
      assertFalse(Files.exists(keys.folder().resolve("root.key.next")));
      if (!inFolder) {
        refused(IN_DATA);
      }
      assertOpens(made, choices.get(i));
    }
  }

  @Test
  void changeRoot_toItselfOrWithoutKeys_isRefused() throws Exception {
    NodeException none = assertThrows(NodeException.class, () -> keys.changeRoot(IN_DATA, RIGHT));
    assertTrue(none.getMessage().startsWith("there are no keys yet"), none.getMessage());
    List<KeyMetadata> made = make(IN_DATA);
    Path own = keys.folder().resolve("root.key");
    NodeException itself =
        assertThrows(
            NodeException.class, () -> keys.changeRoot(IN_DATA, new RootKeyChoice.KeyFile(own)));
    assertTrue(itself.remedy().contains("--new-in-data-folder"), itself.remedy());
    assertOpens(made, IN_DATA);
    assertOpens(made, new RootKeyChoice.KeyFile(own));
  }

  @Test
  void changeRoot_withTheWrongRootKeyOrWhileOpen_changesNothing() throws Exception {
    List<KeyMetadata> made = make(RIGHT);
    RootKeyChoice wrong = KeyFixture.passphrase("wrong");
    NodeException e = assertThrows(NodeException.class, () -> keys.changeRoot(wrong, IN_DATA));
    assertTrue(e.getMessage().contains("wrong passphrase"), e.getMessage());
    try (LocalKeyService open = keys.open(RIGHT)) {
      assertEquals(made, open.listKeys(OWNER));
      NodeException busy = assertThrows(NodeException.class, () -> keys.changeRoot(RIGHT, IN_DATA));
      assertTrue(busy.remedy().contains("stop the process"), busy.remedy());
    }
    assertOpens(made, RIGHT);
  }

  /// The root key in the folder is changed in three steps: next written, key file sealed, next put
  /// in place. The states between them, and what the next start makes of them.
  @Test
  void open_changeOfItsOwnRootKeyCutShort_goesOnWithTheOneInForce() throws Exception {
    List<KeyMetadata> made = make(IN_DATA);
    Path own = keys.folder().resolve("root.key");
    Path next = keys.folder().resolve("root.key.next");
    byte[] oldKey = Files.readAllBytes(own);
    Files.write(next, (DIGITS + "\n").getBytes());
    Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-------"));
    assertOpens(made, IN_DATA); // not sealed under it
    assertFalse(Files.exists(next));

    keys.changeRoot(IN_DATA, IN_DATA);
    Files.move(own, next);
    Files.write(own, oldKey);
    Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rw-------"));
    assertOpens(made, IN_DATA); // sealed, not put in place
    assertFalse(Files.exists(next));
    assertOpens(made, IN_DATA);

    Files.move(own, next);
    assertOpens(made, IN_DATA); // there was none before it
    assertFalse(Files.exists(next));
  }

  @Test
  void open_tamperedFile_isRefused() throws Exception {
    make(IN_DATA);
    Path file = keys.folder().resolve("keyfile");
    byte[] good = Files.readAllBytes(file);
    for (int at : new int[] {0, 9, 30, 60, 70, good.length - 1}) {
      byte[] changed = good.clone();
      changed[at] ^= 0x41;
      Files.write(file, changed);
      NodeException e = refused(IN_DATA);
      assertTrue(e.getMessage().startsWith("key file cannot be opened: wrong "), e.getMessage());
      assertTrue(e.remedy().contains("backup"), e.remedy());
    }
  }

  @Test
  void open_keysPutBack_isRefusedUntilTheLossIsAccepted() throws Exception {
    make(IN_DATA);
    Path file = keys.folder().resolve("keyfile");
    byte[] old = Files.readAllBytes(file);
    make(IN_DATA);
    Files.write(file, old);
    NodeException e = refused(IN_DATA);
    assertTrue(e.getMessage().contains("older than the audit log"), e.getMessage());
    assertTrue(e.remedy().contains("--accept-lost-evidence"), e.remedy());
    keys.open(new KeySettings(IN_DATA, Evidence.LOSS_ACCEPTED)).close();
    keys.open().close();
  }

  @Test
  void open_whileOpen_saysWhoMustEnd() throws Exception {
    try (LocalKeyService open = keys.open()) {
      assertEquals(List.of(), open.openingNotes());
      NodeException e = refused(IN_DATA);
      assertTrue(e.getMessage().startsWith("key store is in use"), e.getMessage());
      assertTrue(e.remedy().contains("stop the process"), e.remedy());
    }
  }

  @Test
  void passphrase_isAskedForOnce_asNewOnlyAtFirst() throws Exception {
    List<Boolean> asked = new ArrayList<>();
    RootKeyChoice choice =
        new RootKeyChoice.Passphrase(fresh -> {
          asked.add(fresh);
          return "typed".toCharArray();
        });
    keys.open(choice).close();
    keys.open(choice).close();
    assertEquals(List.of(true, false), asked);
    assertTrue(refused(KeyFixture.passphrase("")).getMessage().startsWith("empty passphrase"));
  }

  @Test
  void settings_showNoRootKey() {
    KeySettings settings = new KeySettings(variable(DIGITS), Evidence.REQUIRED);
    assertFalse(settings.toString().contains(DIGITS), settings.toString());
  }

  /// Opens the keys, makes one, and returns all.
  private List<KeyMetadata> make(RootKeyChoice choice) throws NodeException {
    try (LocalKeyService service = keys.open(choice)) {
      service.createKey(OWNER, "one more");
      return service.listKeys(OWNER);
    }
  }

  private void assertOpens(List<KeyMetadata> made, RootKeyChoice choice) throws NodeException {
    try (LocalKeyService service = keys.open(choice)) {
      assertEquals(made, service.listKeys(OWNER));
      assertTrue(service.verifyAudit().intact());
    }
  }

  private NodeException refused(RootKeyChoice choice) {
    return assertThrows(NodeException.class, () -> keys.open(choice).close());
  }

  private RootKeyChoice keyFile(String text) throws IOException {
    Path file = temp.resolve("kept-elsewhere.key");
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return new RootKeyChoice.KeyFile(file);
  }

  private static RootKeyChoice variable(String text) {
    return new RootKeyChoice.Variable("KEY", Map.of("KEY", text));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
