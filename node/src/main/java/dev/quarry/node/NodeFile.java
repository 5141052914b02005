package dev.quarry.node;

import dev.quarry.disk.PosixDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// What a running node leaves in its data folder for its clients, as `node.json`:
///
/// ```
/// {"pid": 4711, "api": "127.0.0.1:40001", "token": "9f2c…", "nbd": "127.0.0.1:10809",
///  "socket": "/srv/quarry/nbd.sock", "version": "0.1.0"}
/// ```
///
/// Only the owner of the folder can read it, so that holding the token means being that owner. A
/// node that was killed leaves its file behind; the next one replaces it.
///
/// @param pid the node's process id
/// @param api where the control API listens, `host:port`
/// @param token what a request to it must carry
/// @param nbd where NBD is served over TCP, `host:port`
/// @param socket the path of the Unix socket that NBD is served on
/// @param version of the node
public record NodeFile(
    long pid, String api, String token, String nbd, String socket, String version) {
  private static final String NAME = "node.json";

  /// The file of the node that runs on a data folder, or ran and was killed.
  ///
  /// @throws IOException if it cannot be read, as it cannot by anyone but the owner, or understood
  public static Optional<NodeFile> read(Path dataFolder) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(dataFolder.resolve(NAME));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    JsonObject json = JsonObject.parse(bytes);
    if (json.text("api").isEmpty() || json.text("token").isEmpty()) {
      throw new IOException("node.json lacks the node's address or token");
    }
    return Optional.of(
        new NodeFile(
            json.number("pid").orElse(0L),
            json.text("api").get(),
            json.text("token").get(),
            json.text("nbd").orElse(""),
            json.text("socket").orElse(""),
            json.text("version").orElse("")));
  }

  /// Puts this file in place of an older one, at once: a reader sees either. Only its owner may
  /// read it.
  void write(Path dataFolder) throws IOException {
    JsonObject json =
        new JsonObject()
            .put("pid", pid)
            .put("api", api)
            .put("token", token)
            .put("nbd", nbd)
            .put("socket", socket)
            .put("version", version);
    PosixDisk.open(dataFolder).replace(NAME, json.bytes());
  }

  /// Takes the file away, as a node does that ends.
  static void delete(Path dataFolder) throws IOException {
    Files.deleteIfExists(dataFolder.resolve(NAME));
  }

  /// All but the token.
  @Override
  public String toString() {
    return "NodeFile[pid=%d, api=%s, nbd=%s, socket=%s]".formatted(pid, api, nbd, socket);
  }
}
