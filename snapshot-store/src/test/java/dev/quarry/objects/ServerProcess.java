package dev.quarry.objects;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A server in a process of its own, on the loopback address, for as long as a test needs it.
final class ServerProcess implements AutoCloseable {
  private static final Duration STOPPING = Duration.ofSeconds(10);

  private final Process process;
  private final Path log;

  private ServerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
    // A run that is cut short stops its servers too.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
  }

  /// A port that nothing listens on.
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Starts a command in the foreground; what it prints goes to a log in the folder.
  static ServerProcess start(Path folder, String name, List<String> command) throws IOException {
    Path log = folder.resolve(name + ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    return new ServerProcess(process, log);
  }

  /// Waits until somebody accepts connections at the port.
  void awaitPort(int port, Duration atMost) throws IOException, InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (!accepts(port)) {
      if (!process.isAlive() || System.nanoTime() - end > 0) {
        throw new IOException(
            "server does not listen port=%d alive=%s log=%s"
                .formatted(port, process.isAlive(), Files.readString(log)));
      }
      Thread.sleep(20);
    }
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /// Runs a command to its end and answers what it printed.
  static String run(Path folder, Duration atMost, List<String> command)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile(folder, "command", ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
      throw new IOException("command takes too long: " + command + "\n" + Files.readString(log));
    }
    if (process.exitValue() != 0) {
      throw new IOException(
          "command failed: "
              + command
              + " exit="
              + process.exitValue()
              + "\n"
              + Files.readString(log));
    }
    return Files.readString(log);
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(STOPPING.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
