package dev.quarry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What every command takes that talks to a node: where the node is, and how to show its answer.
final class NodeOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:QUARRY_DATA:-quarry-data}",
      description = "The node's data folder (or variable QUARRY_DATA). Default: ./quarry-data.")
  private Path data;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "How to show the answer: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Output output;

  NodeClient client() {
    return NodeClient.of(data);
  }

  /// Shows an answer: itself as JSON, or as the text that `table` makes of it.
  void show(JsonNode answer, Function<JsonNode, String> table) {
    PrintWriter out = command.commandLine().getOut();
    out.print(
        switch (output) {
          case JSON -> answer.toPrettyString() + "\n";
          case TABLE -> table.apply(answer);
        });
    out.flush();
  }

  /// Says something to the user that is not the command's result.
  void note(String text) {
    PrintWriter err = command.commandLine().getErr();
    err.println(text);
    err.flush();
  }
}
