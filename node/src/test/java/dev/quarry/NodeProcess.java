package dev.quarry;

import dev.quarry.node.HostPort;
import dev.quarry.node.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A node in a process of its own, as users run it.
///
/// ```
/// try (NodeProcess node = NodeProcess.start(folder)) {
///   … node.uri("demo") …
///   node.kill();
/// }
/// try (NodeProcess again = NodeProcess.start(folder)) { … }
/// ```
///
/// Its data is in `data` in the folder, its outputs in `node-N.out` and `node-N.log` there. It
/// listens on free ports unless told otherwise. Closing it kills it, if it still runs.
public final class NodeProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Path folder;
  private final Path out;
  private final Path log;

  private NodeProcess(Process process, Path folder, Path out, Path log) {
    this.process = process;
    this.folder = folder;
    this.out = out;
    this.log = log;
  }

  /// Starts a node and waits until it serves.
  ///
  /// @param options of `quarry serve`, besides its data folder
  public static NodeProcess start(Path folder, String... options)
      throws IOException, InterruptedException {
    NodeProcess node = launch(List.of(), folder, options);
    node.awaitReady();
    return node;
  }

  /// Starts a node that is expected to end by itself; does not wait for either.
  ///
  /// @param wrapper a command that runs the node's command, maybe empty
  public static NodeProcess launch(List<String> wrapper, Path folder, String... options)
      throws IOException {
    Files.createDirectories(folder);
    int number = 1;
    while (Files.exists(folder.resolve("node-" + number + ".log"))) {
      number++;
    }
    Path out = folder.resolve("node-" + number + ".out");
    Path log = folder.resolve("node-" + number + ".log");
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(quarry());
    command.add("serve");
    command.addAll(List.of("--data", folder.resolve("data").toString()));
    if (!List.of(options).contains("--listen")) {
      command.addAll(List.of("--listen", "127.0.0.1:0"));
    }
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(log.toFile())
            .start();
    return new NodeProcess(process, folder, out, log);
  }

  /// The command line `quarry`, to be run by the JVM that runs these tests, with our flags.
  public static List<String> quarry() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of(System.getProperty("quarry.jvm.flags").strip().split("\\s+")));
    command.addAll(List.of("-ea", "-Xmx512m", "-Djava.util.logging.config.file=/dev/null"));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")); // starts sooner
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("dev.quarry.cli.Quarry");
    return command;
  }

  /// Waits until it serves.
  public void awaitReady() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (ready().isEmpty()) {
      if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
        throw new AssertionError("the node ended exit=%d\n%s".formatted(exitCode(), log()));
      }
      if (System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new AssertionError("the node is not ready after " + PATIENCE + "\n" + log());
      }
    }
  }

  /// What the line READY said, once it was printed whole.
  private Optional<JsonObject> ready() throws IOException {
    String text = out();
    int at = text.indexOf("READY ");
    int end = text.indexOf('\n', at);
    return at < 0 || end < 0
        ? Optional.empty()
        : Optional.of(JsonObject.parse(text.substring(at + 6, end).getBytes()));
  }

  private String address(String name) {
    try {
      return ready().orElseThrow().text(name).orElseThrow();
    } catch (IOException e) {
      throw new AssertionError("the line READY cannot be read", e);
    }
  }

  /// Where it serves NBD over TCP.
  public HostPort nbd() {
    return HostPort.parse(address("nbd"));
  }

  /// The Unix socket that it serves NBD on.
  public Path socket() {
    return Path.of(address("socket"));
  }

  /// Its data folder.
  public Path data() {
    return folder.resolve("data");
  }

  /// The URI of an export over TCP.
  public String uri(String export) {
    return "nbd://" + nbd() + "/" + export;
  }

  /// The URI of an export over the Unix socket.
  public String unixUri(String export) {
    return "nbd+unix:///" + export + "?socket=" + socket();
  }

  public long pid() {
    return process.pid();
  }

  public boolean alive() {
    return process.isAlive();
  }

  /// What it has printed so far.
  public String out() throws IOException {
    return Files.readString(out);
  }

  /// What it has logged so far.
  public String log() throws IOException {
    return Files.readString(log);
  }

  /// Ends it at once, as a crash does (SIGKILL).
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /// Tells it to end (SIGTERM), and waits.
  ///
  /// @return its exit code
  public int stop() throws IOException, InterruptedException {
    process.destroy();
    return exitCode();
  }

  /// Sends it a signal, by name without SIG.
  public void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-s", name, Long.toString(pid())).start().waitFor();
  }

  /// Waits until it has ended.
  ///
  /// @return its exit code; 128 + n if signal n ended it
  public int exitCode() throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the node did not end\n" + log());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    kill();
  }
}
