package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Runs our commands once, after a build, while the JVM records which classes they need; the
/// launcher makes a file of it that the real commands start from. Every class that is in the file
/// is loaded at each start, so this must use no more than commands do: it talks not to a node but
/// to a stand-in that has one answer.
final class Rehearsal {
  private Rehearsal() {}

  public static void main(String[] args) throws IOException {
    rehearse();
    System.exit(0); // as commands end
  }

  /// A command line and the exit code it is to have.
  private record Line(int exitCode, String... words) {}

  private static List<Line> lines() {
    return List.of(
        new Line(0, "volume", "list"),
        new Line(0, "volume", "list", "--output", "json"),
        new Line(0, "volume", "create", "--size", "1GiB", "--name", "demo", "--tag", "key=value"),
        new Line(0, "volume", "show", "demo"),
        new Line(1, "volume", "show", "missing"),
        new Line(0, "volume", "modify", "demo", "--size", "2GiB"),
        new Line(0, "volume", "delete", "demo"),
        new Line(0, "attach", "demo"),
        new Line(0, "status"),
        new Line(2, "volume", "create", "--size", "none"));
  }

  /// Runs all commands.
  ///
  /// @throws IllegalStateException if one did not end as it should
  static void rehearse() throws IOException {
    Path data = Files.createTempDirectory("quarry-rehearsal");
    Path file = data.resolve("node.json");
    try (ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform().daemon().start(() -> answerAll(server));
      Files.write(file, nodeFile(server.getLocalPort()).bytes());
      lines().forEach(line -> run(line, data));
    } finally {
      Files.deleteIfExists(file);
      Files.delete(data);
    }
  }

  private static void run(Line line, Path data) {
    StringWriter said = new StringWriter();
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    String[] words =
        Stream.concat(Stream.of(line.words), Stream.of(Invocation.DATA, data.toString()))
            .toArray(String[]::new);
    if (Quarry.run(nowhere, new PrintWriter(said), words) != line.exitCode) {
      throw new IllegalStateException(String.join(" ", words) + " ended otherwise: " + said);
    }
  }

  private static JsonObject nodeFile(int port) {
    return new JsonObject().put("pid", 1).put("api", "127.0.0.1:" + port).put("token", "none");
  }

  private static void answerAll(ServerSocket server) {
    while (true) {
      try (Socket socket = server.accept();
          OutputStream out = socket.getOutputStream()) {
        byte[] request = new byte[8192];
        int length = socket.getInputStream().read(request);
        boolean missing =
            new String(request, 0, length, StandardCharsets.ISO_8859_1).contains("missing");
        out.write(answer(missing));
      } catch (IOException e) {
        if (server.isClosed()) {
          return;
        }
        throw new UncheckedIOException(e);
      }
    }
  }

  /// One answer to everything: what is asked about is in it somewhere.
  private static byte[] answer(boolean missing) {
    JsonObject body =
        missing
            ? new JsonObject().put("code", "InvalidVolume.NotFound").put("message", "missing")
            : volume()
                .put("volumes", List.of(volume()))
                .put("nbd", "127.0.0.1:10809")
                .put("socket", "/nbd.sock");
    String head =
        "HTTP/1.1 %d OK\r\nContent-Length: %d\r\n\r\n"
            .formatted(missing ? 404 : 200, body.bytes().length);
    return (head + new String(body.bytes(), StandardCharsets.UTF_8))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static JsonObject volume() {
    return new JsonObject()
        .put("id", "vol-0123456789abcdef0")
        .put("name", "demo")
        .put("type", "gp3")
        .put("sizeBytes", 10L << 30)
        .put("state", "available")
        .put("createdAt", "2026-01-01T00:00:00Z")
        .put("tags", Map.of("key", "value"))
        .put("uris", List.of("nbd://127.0.0.1:10809/vol-0123456789abcdef0"));
  }
}
