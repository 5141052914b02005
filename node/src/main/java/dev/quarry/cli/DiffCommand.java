package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// Shows what differs between snapshots.
final class DiffCommand {
  private static final String BLOCKS = "--blocks";

  private DiffCommand() {}

  static CommandSpec spec() {
    return new CommandBuilder(
            "diff",
            "Shows which chunks of 512 KiB differ between two snapshots of a volume, or with one"
                + " named which ones it has. One line a chunk, or one JSON object a line.")
        .arguments("SNAPSHOT", "The ids of the earlier and the later one, or of one.")
        .flag(
            BLOCKS,
            "Show the blocks of 4 KiB as well, where they are known: ranges of 0 to 127 in their"
                + " chunk. Of a chunk that was written anew only the whole is known.")
        .asksNode()
        .examples(
            "quarry snapshot diff snap-0123456789abcdef0 snap-0123456789abcdef1 --blocks",
            "quarry snapshot diff snap-0123456789abcdef0 --output json | jq .offset")
        .does(DiffCommand::run);
  }

  private static void run(Invocation given) {
    List<String> ids = given.arguments();
    if (ids.size() > 2) {
      throw given.wrongUsage("diff takes one snapshot or two");
    }
    String path = NodeClient.snapshotPath(ids.getLast()) + "/changes?blocks=" + given.flag(BLOCKS);
    if (ids.size() == 2) {
      path += NodeClient.path("&since=", ids.getFirst());
    }
    NodeClient node = given.node();
    Optional<Long> next = Optional.empty();
    do {
      JsonObject page = node.get(path + next.map(chunk -> "&from=" + chunk).orElse(""));
      page.objects("changes").forEach(change -> given.showLine(change, DiffCommand::line));
      next = page.number("next");
    } while (next.isPresent());
  }

  private static String line(JsonObject change) {
    List<String> blocks = change.texts("blocks");
    return "%d\t%d\t%d\t%s\t%s\n"
        .formatted(
            change.number("chunk").orElseThrow(),
            change.number("offset").orElseThrow(),
            change.number("length").orElseThrow(),
            change.text("contents").orElseThrow(),
            blocks.isEmpty() ? "whole" : String.join(",", blocks));
  }
}
