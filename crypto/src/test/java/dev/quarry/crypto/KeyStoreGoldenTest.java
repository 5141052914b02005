package dev.quarry.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A key store of version 1 and the blobs it made stay readable for ever.
class KeyStoreGoldenTest {
  private static final Caller OWNER = Caller.owner();
  private static final Instant BEGIN = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final EncryptionContext CONTEXT =
      EncryptionContext.of(Map.of("aws:ebs:id", "vol-0123456789abcdef0", "team", "blue"));

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"key", "passphrase"})
  void version1_opens(String kind) throws IOException {
    Files.write(folder.resolve("keyfile"), resource("keyfile-v1-" + kind + ".bin"));
    Files.write(folder.resolve("audit.log"), resource("audit-v1-" + kind + ".log"));
    String[] facts =
        new String(resource("facts-v1.txt"), StandardCharsets.US_ASCII)
            .lines()
            .filter(line -> line.startsWith(kind))
            .findFirst()
            .orElseThrow()
            .split(" ");
    RootKeySource source =
        kind.equals("key")
            ? Stores.SOURCE
            : RootKeySource.passphrase("golden passphrase".toCharArray());
    try (LocalKeyService service = LocalKeyService.open(folder, source, new Stores().settings)) {
      assertEquals(List.of(), service.openingNotes());
      for (int i = 1; i <= 2; i++) {
        CiphertextBlob blob = CiphertextBlob.of(HexFormat.of().parseHex(facts[i]));
        try (DataKey key = service.decrypt(OWNER, blob, CONTEXT, Optional.empty())) {
          assertEquals(facts[i + 2], HexFormat.of().formatHex(key.checkValue()));
        }
      }
      KeyMetadata golden = service.describeKey(OWNER, "alias/golden");
      assertEquals("golden", golden.description());
      assertEquals(BEGIN, golden.createdAt());
      assertEquals(2, golden.materialNumber());
      assertEquals(
          Optional.of(new RotationSchedule(90, BEGIN.plus(Duration.ofDays(180)))),
          service.keyRotationStatus(OWNER, "alias/golden").schedule());
      Set<String> keys =
          Set.copyOf(
              service.listKeys(OWNER).stream()
                  .map(key -> key.description() + " " + key.state().apiName())
                  .toList());
      assertEquals(Set.of("golden Enabled", "off Disabled", "pending PendingDeletion"), keys);
      Set<GrantRequest> grants =
          Set.copyOf(service.listGrants(OWNER, "alias/golden").stream().map(Grant::terms).toList());
      assertEquals(
          Set.of(
              new GrantRequest(
                  "app",
                  Optional.of("janitor"),
                  Set.of(KeyOperation.DECRYPT, KeyOperation.RETIRE_GRANT),
                  new GrantConstraint.ContextSubset(EncryptionContext.of(Map.of("team", "blue")))),
              new GrantRequest(
                  "app",
                  Optional.empty(),
                  Set.of(KeyOperation.DESCRIBE_KEY),
                  new GrantConstraint.ContextEquals(CONTEXT)),
              GrantRequest.of("other", Set.of(KeyOperation.CREATE_GRANT))),
          grants);
      assertTrue(service.verifyAudit().intact());
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = KeyStoreGoldenTest.class.getResourceAsStream("golden/" + name)) {
      return in.readAllBytes();
    }
  }
}
