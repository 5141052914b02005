package dev.quarry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.node.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// One run of a command, in this process.
///
/// @param exitCode its exit code
/// @param out what it printed
/// @param err what it said on standard error
public record CommandRun(int exitCode, String out, String err) {

  /// Runs a command as it is.
  public static CommandRun of(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode = Quarry.run(new PrintWriter(out), new PrintWriter(err), words);
    return new CommandRun(exitCode, out.toString(), err.toString());
  }

  /// Runs a command on a data folder.
  public static CommandRun on(Path data, String... words) {
    return of(
        Stream.concat(Stream.of(words), Stream.of("--data", data.toString()))
            .toArray(String[]::new));
  }

  /// Runs a command on a data folder, which must succeed, and reads its answer as JSON.
  public static JsonObject json(Path data, String... words) throws IOException {
    String out =
        ok(
            data,
            Stream.concat(Stream.of(words), Stream.of("--output", "json")).toArray(String[]::new));
    return JsonObject.parse(out.getBytes(StandardCharsets.UTF_8));
  }

  /// Runs a command on a data folder, which must succeed.
  ///
  /// @return what it printed
  public static String ok(Path data, String... words) {
    CommandRun run = on(data, words);
    assertEquals(0, run.exitCode(), run.err());
    return run.out();
  }

  /// The first line of a text that has a word.
  static String line(String text, String word) {
    return text.lines()
        .filter(line -> List.of(line.split("\\s+")).contains(word))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no line with " + word + " in\n" + text));
  }
}
