package dev.quarry.cli;

import dev.quarry.node.HostPort;
import dev.quarry.node.Node;
import dev.quarry.node.NodeSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Runs our commands against a node of its own, once, after a build: the launcher has the JVM keep
/// the classes that this needs, ready to use, in a file that the real commands then start from.
final class Rehearsal {
  private Rehearsal() {}

  public static void main(String[] args) throws Exception {
    Path data = Files.createTempDirectory("quarry-rehearsal");
    HostPort anyPort = HostPort.parse("127.0.0.1:0");
    NodeSettings settings =
        new NodeSettings(data, anyPort, NodeSettings.defaultSocket(data), anyPort);
    try (Node node = Node.start(settings)) {
      commands(node.demo().orElseThrow().id().text()).forEach(line -> run(line, data));
    } finally {
      delete(data);
    }
    System.exit(0);
  }

  private static List<List<String>> commands(String demo) {
    return List.of(
        List.of("volume", "list"),
        List.of("volume", "list", "--output", "json"),
        List.of("volume", "create", "--size", "1GiB", "--name", "second", "--tag", "a=b"),
        List.of("volume", "show", demo),
        List.of("volume", "show", "nothing"),
        List.of("volume", "modify", "second", "--size", "2GiB"),
        List.of("volume", "delete", "second"),
        List.of("attach", demo, "--device", "/dev/nbd0"),
        List.of("detach", demo),
        List.of("status"));
  }

  private static void run(List<String> line, Path data) {
    String[] words =
        Stream.concat(line.stream(), Stream.of("--data", data.toString())).toArray(String[]::new);
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    Quarry.run(nowhere, nowhere, words);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
