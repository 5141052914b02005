package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.crypto.Caller;
import dev.quarry.crypto.KeyService;
import dev.quarry.crypto.KeyServiceException.InvalidArnException;
import dev.quarry.crypto.KeyServiceException.NotFoundException;
import dev.quarry.crypto.LocalKeyService;
import dev.quarry.volume.ControlException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The settings about encryption, and what they make of requests for volumes.
final class VolumeEncryptionTest {
  private static final Caller OWNER = Caller.owner();
  private static final Optional<Boolean> YES = Optional.of(true);
  private static final Optional<Boolean> NO = Optional.of(false);
  private static final Optional<Boolean> UNSAID = Optional.empty();
  private static final Optional<String> NO_KEY = Optional.empty();

  @TempDir private Path data;
  private KeyFixture fixture;
  private LocalKeyService keys;
  private EncryptionDefaults defaults;
  private VolumeEncryption encryption;

  @BeforeEach
  void open() throws Exception {
    fixture = new KeyFixture(data, new ManualClock());
    keys = fixture.open();
    defaults = EncryptionDefaults.open(data, keys, OWNER);
    encryption = new VolumeEncryption(defaults);
  }

  @AfterEach
  void close() {
    keys.close();
  }

  @Test
  void keyFor_defaultOff_encryptsOnlyWhatAsksForIt() {
    assertEquals(Optional.empty(), encryption.keyFor(UNSAID, NO_KEY));
    assertEquals(Optional.empty(), encryption.keyFor(NO, NO_KEY));
    assertEquals(List.of(), keys.listKeys(OWNER), "no key is made before it is needed");
    String own = encryption.keyFor(YES, NO_KEY).orElseThrow();
    assertEquals(keys.describeKey(OWNER, KeyService.EBS_ALIAS).arn(), own);
  }

  @Test
  void keyFor_defaultOn_encryptsAll_andCannotBeOptedOut() {
    defaults.change(YES, NO_KEY);
    String own = encryption.keyFor(UNSAID, NO_KEY).orElseThrow();
    assertEquals(Optional.of(own), encryption.keyFor(NO, NO_KEY));
    assertEquals(Optional.of(own), encryption.keyFor(YES, NO_KEY));
    String web = key("alias/web");
    assertEquals(Optional.of(web), encryption.keyFor(UNSAID, Optional.of("alias/web")));
  }

  @Test
  void keyFor_namedKey_isFoundByEachOfItsNames() {
    String web = key("alias/web");
    String id = web.substring(web.lastIndexOf('/') + 1);
    String aliasArn = keys.listAliases(OWNER).getFirst().arn();
    for (String name : List.of(web, id, "alias/web", aliasArn)) {
      assertEquals(Optional.of(web), encryption.keyFor(YES, Optional.of(name)));
    }
  }

  @Test
  void keyFor_keyWithoutEncryption_isRefusedAsInEbs() {
    key("alias/web");
    for (Optional<Boolean> flag : List.of(UNSAID, NO)) {
      ControlException.Invalid e =
          assertThrows(
              ControlException.Invalid.class,
              () -> encryption.keyFor(flag, Optional.of("alias/web")));
      assertEquals("InvalidParameterDependency", e.code());
    }
  }

  @Test
  void keyFor_keyThatIsNotThere_isRefusedBeforeAnythingIsMade() {
    for (String name : List.of("alias/none", "web", "0b1c2d3e-4f50-4a6b-8c7d-8e9f00112233")) {
      assertThrows(NotFoundException.class, () -> encryption.keyFor(YES, Optional.of(name)));
    }
    assertThrows(
        InvalidArnException.class,
        () -> encryption.keyFor(YES, Optional.of("arn:aws:kms:us-east-1:000000000000:x/y")));
  }

  @Test
  void keyFor_keyThatCannotBeUsed_isRefused() {
    key("alias/web");
    keys.disableKey(OWNER, "alias/web");
    assertState("Disabled", () -> encryption.keyFor(YES, Optional.of("alias/web")));
    keys.scheduleKeyDeletion(OWNER, "alias/web", 7);
    assertState("PendingDeletion", () -> encryption.keyFor(YES, Optional.of("alias/web")));
    assertState("PendingDeletion", () -> defaults.change(UNSAID, Optional.of("alias/web")));
  }

  @Test
  void keyFor_defaultKeyIsDeleted_isRefused_andNotReplacedByAnother() {
    String web = key("alias/web");
    defaults.change(YES, Optional.of(web));
    keys.scheduleKeyDeletion(OWNER, web, 7);
    fixture.clock().advance(Duration.ofDays(7));
    keys.purgeDue();
    NotFoundException e =
        assertThrows(NotFoundException.class, () -> encryption.keyFor(UNSAID, NO_KEY));
    assertTrue(e.getMessage().contains("key is deleted"), e.getMessage());
  }

  @Test
  void change_isKept_andLeavesAloneWhatIsNotNamed() throws Exception {
    String web = key("alias/web");
    defaults.change(UNSAID, Optional.of("alias/web"));
    defaults.change(YES, NO_KEY);
    EncryptionSettings changed = new EncryptionSettings(true, Optional.of(web));
    assertEquals(changed, defaults.settings());
    assertEquals(changed, EncryptionDefaults.open(data, keys, OWNER).settings());
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(data.resolve("settings.json"))));
    assertEquals(
        new EncryptionSettings(true, Optional.empty()),
        defaults.change(UNSAID, Optional.of(KeyService.EBS_ALIAS)));
  }

  @Test
  void change_refused_changesNothing() throws Exception {
    defaults.change(YES, NO_KEY);
    assertThrows(NotFoundException.class, () -> defaults.change(NO, Optional.of("alias/none")));
    EncryptionSettings before = new EncryptionSettings(true, Optional.empty());
    assertEquals(before, defaults.settings());
    assertEquals(before, EncryptionDefaults.open(data, keys, OWNER).settings());
  }

  @Test
  void open_fileThatIsNoSettings_isRefused_andSaysWhatToDo() throws Exception {
    Files.writeString(data.resolve("settings.json"), "{\"format\":\"quarry-settings/9\"}");
    NodeException e =
        assertThrows(NodeException.class, () -> EncryptionDefaults.open(data, keys, OWNER));
    assertTrue(e.getMessage().contains("format=quarry-settings/9"), e.getMessage());
    assertTrue(e.remedy().contains("backup"), e.remedy());
  }

  /// Makes a key with an alias.
  private String key(String alias) {
    String arn = keys.createKey(OWNER, "").arn();
    keys.createAlias(OWNER, alias, arn);
    return arn;
  }

  private static void assertState(String state, Runnable call) {
    ControlException.Conflict e = assertThrows(ControlException.Conflict.class, call::run);
    assertEquals("InvalidKMSKey.InvalidState", e.code());
    assertTrue(e.getMessage().contains(state), e.getMessage());
  }
}
