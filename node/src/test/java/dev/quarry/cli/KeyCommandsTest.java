package dev.quarry.cli;

import static dev.quarry.cli.CommandRun.line;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.node.HostPort;
import dev.quarry.node.JsonObject;
import dev.quarry.node.Node;
import dev.quarry.node.NodeSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The commands about keys and settings, against a node in this process.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KeyCommandsTest {
  private Path data;
  private Node node;

  @BeforeAll
  void startNode(@TempDir Path folder) throws Exception {
    data = folder.resolve("data");
    node = start(data);
  }

  @AfterAll
  void stopNode() throws Exception {
    node.close();
  }

  private static Node start(Path data) throws Exception {
    HostPort anyPort = HostPort.parse("127.0.0.1:0");
    return Node.start(new NodeSettings(data, anyPort, NodeSettings.defaultSocket(data), anyPort));
  }

  @Test
  void create_withAlias_isShownByEachOfItsNames_andListed() throws Exception {
    JsonObject key =
        CommandRun.json(
            data, "key", "create", "--description", "for the web", "--alias", "alias/web/1");
    String id = key.text("id").orElseThrow();
    assertEquals(List.of("alias/web/1"), key.texts("aliases"));
    assertEquals(Optional.of("Enabled"), key.text("state"));
    for (String name : List.of(id, key.text("arn").orElseThrow(), "alias/web/1")) {
      assertEquals(Optional.of(id), CommandRun.json(data, "key", "show", name).text("id"), name);
    }
    String line = line(ok("key", "list"), id);
    assertTrue(line.contains("Enabled") && line.endsWith("alias/web/1  for the web"), line);
    assertTrue(ok("key", "show", id).contains("rotation     off"));
  }

  @Test
  void create_aliasIsTaken_saysThatTheKeyIsThere() throws Exception {
    ok("key", "create", "--alias", "alias/taken");
    CommandRun again = CommandRun.on(data, "key", "create", "--alias", "alias/taken");
    assertEquals(1, again.exitCode());
    assertTrue(again.err().matches("(?s)the key [0-9a-f-]{36} was created, but has no alias\n.*"));
    assertTrue(again.err().contains("error: AlreadyExistsException: alias exists"), again.err());
    assertTrue(again.err().contains("quarry key alias update"), again.err());
  }

  @Test
  void alias_canBeMovedAndTakenAway() throws Exception {
    String first = create();
    String second = create();
    assertEquals(
        "alias/moving is %s\n".formatted(first),
        ok("key", "alias", "create", "alias/moving", "--key", first));
    ok("key", "alias", "update", "alias/moving", "--key", second);
    assertTrue(line(ok("key", "alias", "list"), "alias/moving").endsWith(second));
    assertEquals("deleted alias/moving\n", ok("key", "alias", "delete", "alias/moving"));
    assertFalse(ok("key", "alias", "list").contains("alias/moving"));
    assertTrue(ok("key", "show", second).contains("Enabled"));
  }

  @Test
  void life_disableEnableScheduleCancel_showsEachState() throws Exception {
    String id = create();
    assertState("Disabled", "disable", id);
    assertState("Enabled", "enable", id);
    JsonObject doomed = CommandRun.json(data, "key", "schedule-deletion", id, "--days", "7");
    assertEquals(Optional.of("PendingDeletion"), doomed.text("state"));
    assertTrue(doomed.text("deletionDate").isPresent());
    assertRefused("KMSInvalidStateException", "quarry key show", "key", "schedule-deletion", id);
    assertRefused("KMSInvalidStateException", "quarry key show", "key", "enable", id);
    assertState("Disabled", "cancel-deletion", id);
    assertRefused("DisabledException", "quarry key enable", "key", "rotate", id);
  }

  @Test
  void scheduleDeletion_ofAKeyInUse_tellsWhichVolumesAreLostThen() throws Exception {
    String id = create();
    assertTrue(ok("key", "show", id).contains("volumes      0\n"));
    String volume =
        CommandRun.json(data, "volume", "create", "--size", "1GiB", "--key", id)
            .text("id")
            .orElseThrow();
    String told = ok("key", "schedule-deletion", id);
    assertTrue(line(told, "volumes").endsWith("1: " + volume), told);
    ok("volume", "delete", volume);
  }

  @Test
  void rotate_nowOrOnSchedule_isShown() throws Exception {
    String id = create();
    assertEquals(Optional.of(2L), CommandRun.json(data, "key", "rotate", id).number("material"));
    JsonObject every = CommandRun.json(data, "key", "rotate", id, "--every", "90");
    assertEquals(Optional.of(90L), every.object("rotation").orElseThrow().number("everyDays"));
    assertEquals(1, every.object("rotation").orElseThrow().objects("rotations").size());
    assertTrue(ok("key", "show", id).contains("every 90 days, next "));
    JsonObject off = CommandRun.json(data, "key", "rotate", id, "--off");
    assertFalse(off.object("rotation").orElseThrow().has("everyDays"));
    assertRefused("ValidationException", "", "key", "rotate", id, "--every", "89");
  }

  @Test
  void grant_isCreatedListedAndEnded() throws Exception {
    String id = create();
    JsonObject grant =
        CommandRun.json(
            data,
            "key",
            "grant",
            "create",
            id,
            "--grantee",
            "backup",
            "--operations",
            "Decrypt,RetireGrant",
            "--retiring",
            "janitor",
            "--context-equals",
            "aws:ebs:id=vol-1");
    String token = grant.text("token").orElseThrow();
    String grantId = grant.text("id").orElseThrow();
    JsonObject listed =
        CommandRun.json(data, "key", "grant", "list", id).objects("grants").getFirst();
    assertEquals(Optional.of(grantId), listed.text("id"));
    assertEquals(List.of("Decrypt", "RetireGrant"), listed.texts("operations"));
    assertEquals(
        Map.of("aws:ebs:id", "vol-1"), listed.object("contextEquals").orElseThrow().texts());
    assertFalse(listed.line().contains(token));
    assertTrue(ok("key", "grant", "list", id).contains("only {aws:ebs:id=vol-1}"));
    assertEquals("ended " + grantId + "\n", ok("key", "grant", "revoke", id, "--grant", grantId));
    assertRefused(
        "NotFoundException", "quarry key list", "key", "grant", "retire", id, "--grant", grantId);

    JsonObject other =
        CommandRun.json(
            data, "key", "grant", "create", id, "--grantee", "b", "--operations", "Decrypt");
    ok("key", "grant", "retire", id, "--grant", other.text("id").orElseThrow());
    assertEquals(List.of(), CommandRun.json(data, "key", "grant", "list", id).objects("grants"));
    assertRefused(
        "MalformedRequest",
        "",
        "key",
        "grant",
        "create",
        id,
        "--grantee",
        "b",
        "--operations",
        "Everything");
    assertRefused(
        "ValidationException",
        "",
        "key",
        "grant",
        "create",
        id,
        "--grantee",
        "b",
        "--operations",
        "CreateKey");
  }

  @Test
  void audit_listsCallsWithTheirResults_andIsAuthentic() throws Exception {
    String id = create();
    ok("key", "disable", id);
    CommandRun.on(data, "key", "rotate", id);
    List<JsonObject> entries =
        CommandRun.json(data, "key", "audit", "--limit", "1000").objects("entries");
    List<String> mine =
        entries.stream()
            .filter(entry -> entry.text("key").equals(Optional.of(id)))
            .map(entry ->
                entry.text("operation").orElseThrow() + " " + entry.text("result").orElseThrow())
            .toList();
    assertEquals(
        List.of("CreateKey ok", "DisableKey ok", "RotateKeyOnDemand DisabledException"), mine);
    JsonObject second =
        CommandRun.json(data, "key", "audit", "--from", "2", "--limit", "1")
            .objects("entries")
            .getFirst();
    assertEquals(Optional.of(2L), second.number("sequence"));
    assertTrue(line(ok("key", "audit"), "RotateKeyOnDemand").contains("DisabledException"));
    assertTrue(ok("key", "audit", "--verify").endsWith(" entries are authentic and in order\n"));
  }

  @Test
  void audit_changedFile_failsVerification(@TempDir Path folder) throws Exception {
    try (Node other = start(folder.resolve("data"))) {
      Path itsData = Path.of(other.file().socket()).getParent();
      CommandRun.json(itsData, "key", "create");
      Path log = itsData.resolve("keys/audit.log");
      Files.writeString(log, Files.readString(log).replace("CreateKey", "DeleteKey"));
      CommandRun run = CommandRun.on(itsData, "key", "audit", "--verify");
      assertEquals(1, run.exitCode());
      assertEquals("0 entries are authentic and in order\n", run.out());
      assertTrue(
          run.err().startsWith("error: the audit log was changed after that: entry 1 "), run.err());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "key show alias/none | NotFoundException",
        "key show none | NotFoundException",
        "key show arn:aws:kms:x | InvalidArnException",
        "key show arn:aws:kms:us-east-1:111111111111:key/a | NotFoundException",
        "key show 0b1c2d3e-4f50-4a6b-8c7d-8e9f00112233 | NotFoundException",
        "key alias create web --key alias/none | NotFoundException",
        "key alias delete alias/aws/ebs | InvalidAliasNameException",
        "settings set --default-key alias/none | NotFoundException",
      })
  void wrongNames_areRefusedByTheirKmsNames(String line, String code) {
    assertRefused(code, "", line.split(" "));
  }

  @Test
  void settings_areShownChangedAndKept(@TempDir Path folder) throws Exception {
    Path itsData = folder.resolve("data");
    String arn;
    try (Node other = start(itsData)) {
      assertEquals(
          "encryption by default  off\ndefault key            alias/aws/ebs\n",
          CommandRun.on(itsData, "settings", "show").out());
      assertFalse(Files.exists(itsData.resolve("settings.json")), other.toString());
      arn = CommandRun.json(itsData, "key", "create").text("arn").orElseThrow();
      JsonObject set =
          CommandRun.json(
              itsData, "settings", "set", "--encryption-by-default", "on", "--default-key", arn);
      assertEquals(Optional.of(true), set.truth("encryptionByDefault"));
    }
    try (Node again = start(itsData)) {
      assertEquals(Optional.empty(), again.demo());
      assertEquals(
          "encryption by default  on\ndefault key            " + arn + "\n",
          CommandRun.on(itsData, "settings", "show").out());
    }
  }

  private void assertState(String state, String command, String id) throws Exception {
    assertEquals(Optional.of(state), CommandRun.json(data, "key", command, id).text("state"));
  }

  private void assertRefused(String code, String hint, String... words) {
    CommandRun run = CommandRun.on(data, words);
    assertEquals(1, run.exitCode(), run.out());
    assertTrue(run.err().startsWith("error: " + code + ": "), run.err());
    assertTrue(run.err().contains(hint), run.err());
  }

  private String create() throws Exception {
    return CommandRun.json(data, "key", "create").text("id").orElseThrow();
  }

  private String ok(String... words) {
    return CommandRun.ok(data, words);
  }
}
