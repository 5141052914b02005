package dev.quarry.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A run of an external program, bounded in time, its output kept.
///
/// @param words the program and its arguments
/// @param limit after which it is killed; generous, as tests share the machine
/// @param folder to run it in; this process's own if there is none
record Command(List<String> words, Duration limit, Optional<Path> folder) {
  private static final Duration USUAL_LIMIT = Duration.ofSeconds(120);

  static Command of(Tool tool, Object... arguments) {
    List<String> words = new ArrayList<>();
    words.add(tool.path());
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    return new Command(List.copyOf(words), USUAL_LIMIT, Optional.empty());
  }

  Command in(Path directory) {
    return new Command(words, limit, Optional.of(directory));
  }

  Command within(Duration other) {
    return new Command(words, other, folder);
  }

  /// Runs it to its end, whatever the exit code.
  ///
  /// @throws AssertionError if it took longer than its limit
  Outcome run() throws IOException, InterruptedException {
    Process process = start();
    try {
      process.getOutputStream().close();
      CompletableFuture<String> output = drain(process.getInputStream());
      CompletableFuture<String> errors = drain(process.getErrorStream());
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        throw new AssertionError(
            "%s still ran after %s\n%s\n%s".formatted(words, limit, output.join(), errors.join()));
      }
      return new Outcome(words, process.exitValue(), output.join(), errors.join());
    } finally {
      process.destroyForcibly();
    }
  }

  /// Runs it and expects exit code 0.
  Outcome succeed() throws IOException, InterruptedException {
    return run().expectExit(0);
  }

  private Process start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("PATH", Tool.SEARCH_PATH);
    folder.ifPresent(path -> builder.directory(path.toFile()));
    return builder.start();
  }

  private static CompletableFuture<String> drain(InputStream stream) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try (stream) {
            text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
          } catch (IOException e) {
            text.completeExceptionally(new UncheckedIOException(e));
          }
        });
    return text;
  }

  /// How a run ended.
  record Outcome(List<String> words, int exitCode, String output, String errors) {
    Outcome expectExit(int expected) {
      if (exitCode != expected) {
        throw new AssertionError("exit code is not %d: %s".formatted(expected, this));
      }
      return this;
    }

    @Override
    public String toString() {
      return "%s ended with %d\n%s\n%s".formatted(words, exitCode, output, errors);
    }
  }
}
