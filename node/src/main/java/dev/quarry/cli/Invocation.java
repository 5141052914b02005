package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// One use of a command: its arguments, its outputs and its node.
///
/// @param parsed what was given, read
public record Invocation(ParseResult parsed) {
  static final String DATA = "--data";
  public static final String OUTPUT = "--output";

  /// How a command shows what it found.
  public enum Output {
    /// Aligned text for people.
    TABLE,
    /// The control API's own answer, for programs.
    JSON
  }

  /// The value of an option that is there or has a default, in the type it was read as.
  public <T> T value(String option) {
    return parsed.commandSpec().findOption(option).getValue();
  }

  /// The text of an option that may be left out.
  public Optional<String> text(String option) {
    return optional(option);
  }

  /// The value of an option that may be left out, in the type it was read as.
  public <T> Optional<T> optional(String option) {
    return Optional.ofNullable(value(option));
  }

  /// Whether a flag was given.
  public boolean flag(String option) {
    return parsed.hasMatchedOption(option);
  }

  /// The pairs of an option that may be repeated.
  public Map<String, String> pairs(String option) {
    return Optional.<Map<String, String>>ofNullable(value(option)).orElse(Map.of());
  }

  /// The texts of an option that may be repeated.
  public List<String> list(String option) {
    return Optional.<List<String>>ofNullable(value(option)).orElse(List.of());
  }

  /// The command's one argument, in the type it was read as.
  public <T> T argument() {
    return parsed.commandSpec().positionalParameters().getFirst().getValue();
  }

  /// One of the command's arguments, from 0 on.
  public String argument(int index) {
    return parsed.commandSpec().positionalParameters().get(index).getValue();
  }

  /// The command's arguments, of which there are one or more.
  public List<String> arguments() {
    return parsed.commandSpec().positionalParameters().getFirst().getValue();
  }

  /// The command's arguments, if it takes any number of them.
  public List<String> words() {
    return Optional.ofNullable(arguments()).orElse(List.of());
  }

  /// The whole command line, for a POSIX shell.
  public String shellText() {
    List<String> words = new ArrayList<>(List.of("./quarry"));
    words.addAll(parsed.originalArgs());
    return new ShellCommand(words).toString();
  }

  /// The data folder.
  Path dataFolder() {
    return Path.of(this.<String>value(DATA));
  }

  /// The node that runs on the data folder.
  NodeClient node() {
    return NodeClient.of(dataFolder());
  }

  /// Shows an answer: itself as JSON, or as the text that `table` makes of it.
  public void show(JsonObject answer, Function<JsonObject, String> table) {
    print(
        switch (this.<Output>value(OUTPUT)) {
          case JSON -> new String(answer.bytes(), StandardCharsets.UTF_8);
          case TABLE -> table.apply(answer);
        });
  }

  /// Shows one of many answers: itself as JSON in one line, or as the text that `text` makes of it.
  void showLine(JsonObject answer, Function<JsonObject, String> text) {
    print(
        switch (this.<Output>value(OUTPUT)) {
          case JSON -> answer.line() + "\n";
          case TABLE -> text.apply(answer);
        });
  }

  /// Prints the command's result.
  public void print(String text) {
    PrintWriter out = commandLine().getOut();
    out.print(text);
    out.flush();
  }

  /// Says something to the user that is not the command's result.
  public void note(String text) {
    PrintWriter err = commandLine().getErr();
    err.println(text);
    err.flush();
  }

  /// Where to say more than a line, or less.
  public PrintWriter errors() {
    return commandLine().getErr();
  }

  /// The error of arguments that do not go together.
  public ParameterException wrongUsage(String message) {
    return new ParameterException(commandLine(), message);
  }

  CommandLine commandLine() {
    return parsed.commandSpec().commandLine();
  }
}
