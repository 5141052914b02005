package dev.quarry.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// `quarry serve` as a child process, on the class path of the tests.
final class ServeProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Duration END_LIMIT = Duration.ofSeconds(60);

  /// The heap is the launcher's.
  private static final List<String> JVM_FLAGS =
      List.of("-Xms256m", "-Xmx1g", "-XX:MaxNewSize=64m", "-ea");

  private static final String READY = "READY ";

  private final Process process;
  private final Path log;
  private final CompletableFuture<Boolean> ready = new CompletableFuture<>();

  private ServeProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /// Starts a node and does not wait for it.
  ///
  /// @param log what it says on standard error is added there
  /// @param environment in addition to this process's own
  static ServeProcess start(Path log, List<String> arguments, Map<String, String> environment)
      throws IOException {
    Files.createDirectories(log.getParent());
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(JVM_FLAGS);
    words.addAll(List.of(System.getProperty("quarry.jvm.flags").split(" ")));
    words.addAll(List.of("-cp", System.getProperty("java.class.path")));
    words.addAll(List.of("dev.quarry.cli.Quarry", "serve"));
    words.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Process process = builder.start();
    ServeProcess serving = new ServeProcess(process, log);
    Thread.ofVirtual().start(serving::readOutput);
    return serving;
  }

  /// Waits until it serves.
  ///
  /// @throws AssertionError if it ends before
  void awaitReady() throws InterruptedException, IOException {
    try {
      if (ready.get(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (TimeoutException | ExecutionException e) {
      process.destroyForcibly();
    }
    throw new AssertionError("the node does not serve; its log:\n" + Files.readString(log));
  }

  long pid() {
    return process.pid();
  }

  /// Waits for its end.
  ///
  /// @return the exit code
  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the node still runs after " + END_LIMIT);
    }
    return process.exitValue();
  }

  /// SIGTERM, and the exit code.
  int terminate() throws InterruptedException {
    process.destroy();
    return awaitEnd();
  }

  /// SIGKILL.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }

  private void readOutput() {
    try (BufferedReader output = process.inputReader()) {
      String line;
      while ((line = output.readLine()) != null) {
        if (line.startsWith(READY)) {
          ready.complete(true);
        }
      }
      ready.complete(false);
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
  }
}
