package dev.quarry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.node.StoreSettings;
import dev.quarry.objects.Limits;
import dev.quarry.objects.S3Credentials;
import dev.quarry.objects.S3Settings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/// Where `serve` is told to keep snapshots.
final class StoreOptionsTest {
  @TempDir private Path home;

  @Test
  void nothing_isInTheDataFolder() {
    assertEquals(StoreSettings.standard(), read(Map.of()));
  }

  @Test
  void folder_isThatFolder() {
    StoreSettings.Place expected = new StoreSettings.Place.Folder(Path.of("/mnt/nas"));
    assertEquals(expected, read(Map.of(), "--store", "/mnt/nas").place());
  }

  @Test
  void bandwidth_limitsBothWays() {
    Limits limits = read(Map.of(), "--store-bandwidth", "50MiB").limits();
    assertEquals(50L << 20, limits.putBytesPerSecond());
    assertEquals(50L << 20, limits.getBytesPerSecond());
  }

  @Test
  void bucket_hasItsServerRegionAndKeysFromWhereTheyAreLookedFor() throws Exception {
    Map<String, String> environment =
        Map.of(
            "AWS_ACCESS_KEY_ID",
            "id",
            "AWS_SECRET_ACCESS_KEY",
            "secret",
            "AWS_REGION",
            "eu-west-1");
    StoreSettings.Place.Bucket usual = bucket(environment, "--store", "s3://backups/a/b/");
    assertEquals(Optional.of("a/b"), usual.prefix());
    assertEquals(URI.create("https://s3.eu-west-1.amazonaws.com"), usual.s3().endpoint());
    assertEquals(S3Settings.Addressing.HOST, usual.s3().addressing());
    assertEquals(S3Credentials.of("id", "secret"), usual.s3().credentials());

    Path secret = Files.writeString(home.resolve("secret"), "hidden\n");
    StoreSettings.Place.Bucket given =
        bucket(
            environment,
            "--store",
            "s3://backups",
            "--s3-endpoint",
            "http://nas:9000",
            "--s3-region",
            "here",
            "--s3-access-key",
            "me",
            "--s3-secret-key-file",
            secret.toString());
    assertEquals(Optional.empty(), given.prefix());
    assertEquals(S3Settings.Addressing.PATH, given.s3().addressing());
    assertEquals("here", given.s3().region());
    assertEquals(S3Credentials.of("me", "hidden"), given.s3().credentials());
    S3Credentials profile =
        bucket(environment, "--store", "s3://backups", "--s3-profile", "x").s3().credentials();
    assertInstanceOf(S3Credentials.Profile.class, profile);
  }

  @ParameterizedTest
  @CsvSource({
    "--store s3://x                                         , bucket name",
    "--store s3://backups/a//b                              , prefix is not",
    "--store s3://backups --s3-endpoint ftp://x             , endpoint is not",
    "--store s3://backups --s3-access-key me                , go together",
    "--store s3://backups --s3-path-style --s3-host-style   , exclude each other",
    "--store /mnt --s3-region here                          , goes with --store s3://BUCKET",
    "--store-bandwidth 0                                    , more than 0"
  })
  void contradictions_areWrongUsage(String line, String message) {
    var e =
        assertThrows(CommandLine.ParameterException.class, () -> read(Map.of(), line.split(" ")));
    assertTrue(e.getMessage().contains(message), e::getMessage);
  }

  private StoreSettings.Place.Bucket bucket(Map<String, String> environment, String... words) {
    return assertInstanceOf(StoreSettings.Place.Bucket.class, read(environment, words).place());
  }

  private StoreSettings read(Map<String, String> environment, String... words) {
    CommandLine command =
        new CommandLine(StoreOptions.addTo(new CommandBuilder("serve", "")).does(_ -> {}));
    Invocation given = new Invocation(command.parseArgs(words));
    return new StoreOptions(environment, home).of(given);
  }
}
