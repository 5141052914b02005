package dev.quarry.objects;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// s3rver ignores If-None-Match: a store on it is refused.
@Tag("servers")
class S3RverTest {
  private static final Duration INSTALLING = Duration.ofSeconds(180);
  private static final Duration STARTING = Duration.ofSeconds(60);

  @Test
  void probe_serverThatIgnoresConditions_isRefused(@TempDir Path folder) throws Exception {
    Path program = install();
    int port = ServerProcess.freePort();
    try (ServerProcess server =
        ServerProcess.start(
            folder,
            "s3rver",
            List.of(
                "node",
                program.toString(),
                "--directory",
                Files.createDirectory(folder.resolve("data")).toString(),
                "--address",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--configure-bucket",
                "quarry"))) {
      server.awaitPort(port, STARTING);
      S3Settings settings =
          S3Settings.of(
              URI.create("http://127.0.0.1:" + port),
              "quarry",
              "us-east-1",
              S3Credentials.of("S3RVER", "S3RVER"));
      try (S3Store store = S3Store.open(settings)) {
        ObjectStoreException e =
            assertThrows(
                ObjectStoreException.Unsafe.class,
                () -> StoreProbe.run(store, "quarry", new Random(1)));
        assertTrue(e.getMessage().contains("ignores If-None-Match"), e.getMessage());
      }
    }
  }

  /// Installs it beside the module's classes, where it stays until they are cleaned.
  private static Path install() throws Exception {
    Path folder = Files.createDirectories(Path.of("target", "s3rver").toAbsolutePath());
    Path program = folder.resolve("node_modules/s3rver/bin/s3rver.js");
    if (Files.exists(program)) {
      return program;
    }
    try {
      ServerProcess.run(
          folder,
          INSTALLING,
          List.of(
              "npm",
              "install",
              "--prefix",
              folder.toString(),
              "--no-audit",
              "--no-fund",
              "--no-package-lock",
              "s3rver@3.7.1"));
    } catch (IOException e) {
      throw Skip.because("s3rver cannot be installed by npm: " + e.getMessage());
    }
    return program;
  }
}
