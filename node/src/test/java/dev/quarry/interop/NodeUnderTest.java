package dev.quarry.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A node in a process of its own, as its users run it: the thing that these suites test.
///
/// It can be killed and started again on the same data folder, at the same addresses.
final class NodeUnderTest implements AutoCloseable {
  private final Path folder;
  private final Path dataFolder;
  private final Path socketFolder;
  private final int port;
  private final List<String> options;
  private Map<String, String> environment = Map.of();
  private ServeProcess process;
  private boolean encrypting;

  private NodeUnderTest(
      Path folder, Path dataFolder, Path socketFolder, int port, List<String> options) {
    this.folder = folder;
    this.dataFolder = dataFolder;
    this.socketFolder = socketFolder;
    this.port = port;
    this.options = options;
  }

  /// Starts a node on a new data folder.
  ///
  /// @param folder for its data and its log; deleted before and when the node is closed
  /// @param options more than where its data is and where it listens
  static NodeUnderTest start(Path folder, String... options)
      throws IOException, InterruptedException {
    Folders.delete(folder);
    Files.createDirectories(folder);
    return startOn(folder, folder.resolve("data"), options);
  }

  /// Starts a node on a data folder elsewhere, which is nobody's to delete.
  static NodeUnderTest startOn(Path folder, Path dataFolder, String... options)
      throws IOException, InterruptedException {
    // A path of the build folder may be longer than the 107 bytes that the address has room for.
    Path socketFolder = Files.createTempDirectory("quarry");
    NodeUnderTest node =
        new NodeUnderTest(folder, dataFolder, socketFolder, freePort(), List.of(options));
    Files.deleteIfExists(node.logFile());
    try {
      node.restart();
      return node;
    } catch (IOException | RuntimeException | Error e) {
      node.close();
      throw e;
    }
  }

  /// A port that nothing listens at right now.
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /// Has all volumes encrypted that are made from now on.
  void encryptByDefault() throws IOException, InterruptedException {
    control().encryptByDefault();
    encrypting = true;
  }

  ServedVolume create(long sizeBytes) throws IOException, InterruptedException {
    JsonNode volume = control().create(sizeBytes);
    if (volume.path("encrypted").asBoolean() != encrypting) {
      throw new AssertionError("not as it was to be encrypted: " + volume);
    }
    return served(volume.path("id").asText(), sizeBytes);
  }

  /// @param asked by the names of the API, the size in `sizeBytes`
  ServedVolume create(Map<String, ?> asked) throws IOException, InterruptedException {
    JsonNode volume = control().create(asked);
    return served(volume.path("id").asText(), volume.path("sizeBytes").asLong());
  }

  ServedVolume served(String id, long sizeBytes) {
    return new ServedVolume(id, sizeBytes, port, socket());
  }

  void delete(ServedVolume volume) throws IOException, InterruptedException {
    control().delete(volume.export());
  }

  /// The state of a volume, as EBS names it.
  String state(ServedVolume volume) throws IOException, InterruptedException {
    return control().show(volume.export()).path("state").asText();
  }

  ControlClient control() throws IOException {
    return ControlClient.of(dataFolder);
  }

  Path dataFolder() {
    return dataFolder;
  }

  Path socket() {
    return socketFolder.resolve("nbd.sock");
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  /// What the node has said so far, for messages.
  String log() throws IOException {
    return Files.readString(logFile());
  }

  /// Kills the node as `kill -9` does.
  void kill() throws InterruptedException {
    process.kill();
  }

  /// Starts the node again, once it has ended or was killed.
  void restart() throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--data",
                dataFolder.toString(),
                "--listen",
                "127.0.0.1:" + port,
                "--socket",
                socket().toString()));
    arguments.addAll(options);
    process = ServeProcess.start(logFile(), arguments, environment);
    process.awaitReady();
  }

  /// Adds to the environment of the process from its next start on.
  void environment(Map<String, String> more) {
    environment = Map.copyOf(more);
  }

  /// Ends the node as `kill` does.
  ///
  /// @return its exit code
  int terminate() throws InterruptedException {
    return process.terminate();
  }

  @Override
  public void close() throws IOException {
    if (process != null) {
      process.close();
    }
    Folders.delete(socketFolder);
    Folders.delete(dataFolder);
  }

  private Path logFile() {
    return folder.resolveSibling(folder.getFileName() + "-node.log");
  }
}
