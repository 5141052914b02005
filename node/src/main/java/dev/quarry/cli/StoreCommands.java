package dev.quarry.cli;

import static dev.quarry.cli.JsonText.number;

import dev.quarry.node.JsonObject;
import picocli.CommandLine.Model.CommandSpec;

/// The commands about the store of a node's snapshots.
final class StoreCommands {
  private static final String DRY_RUN = "--dry-run";

  private StoreCommands() {}

  static CommandSpec spec() {
    return new CommandBuilder("store", "Looks after the store that snapshots are kept in.")
        .groups(StoreCheckCommand.spec(), gc(), stats());
  }

  private static CommandSpec gc() {
    return new CommandBuilder(
            "gc",
            "Removes from the store all that no snapshot needs, also what interrupted uploads left."
                + " A node does most of that by itself. Safe at any time, also when other nodes use"
                + " the store.")
        .flag(DRY_RUN, "Remove nothing; tell how many bytes it would free.")
        .asksNode()
        .examples("quarry store gc --dry-run", "quarry store gc")
        .does(StoreCommands::gc);
  }

  private static void gc(Invocation given) throws InterruptedException {
    NodeClient node = given.node();
    JsonObject asked = new JsonObject().put("dryRun", given.flag(DRY_RUN));
    node.post("/v1/store/gc", asked);
    try (ProgressLine line = ProgressLine.on(given.commandLine().getErr())) {
      JsonObject run = line.follow(node, "/v1/store/gc", "running", StoreCommands::progress);
      given.show(run, StoreCommands::report);
    }
  }

  private static String progress(JsonObject run) {
    return "%d of %d".formatted(number(run, "lineagesDone"), number(run, "lineages"));
  }

  private static String report(JsonObject run) {
    TextTable table = new TextTable("volumes", progress(run));
    if (number(run, "lineagesSkipped") > 0) {
      table.add("skipped", number(run, "lineagesSkipped") + ", the node's log says why");
    }
    if (run.truth("dryRun").orElse(false)) {
      table.add("would free", number(run, "wouldFreeBytes") + " bytes");
      return table.toString();
    }
    table.add("snapshots", String.valueOf(number(run, "snapshotsCollected")));
    table.add("objects", String.valueOf(number(run, "objectsDeleted")));
    table.add("freed", number(run, "freedBytes") + " bytes");
    table.add("rewritten", number(run, "packsRewritten") + " packs");
    table.add("freed by that", number(run, "rewriteFreedBytes") + " bytes");
    return table.toString();
  }

  private static CommandSpec stats() {
    return new CommandBuilder("stats", "Tells what is in the store, and how much room it takes.")
        .asksNode()
        .examples("quarry store stats", "quarry store stats --output json | jq .totalBytes")
        .does(given -> given.show(given.node().get("/v1/store"), StoreCommands::stats));
  }

  private static String stats(JsonObject answer) {
    TextTable table = new TextTable("volumes", String.valueOf(number(answer, "lineages")));
    table.add("snapshots", String.valueOf(number(answer, "snapshots")));
    table.add("in the recycle bin", String.valueOf(number(answer, "recycleBinSnapshots")));
    table.add("pending", String.valueOf(number(answer, "pendingSnapshots")));
    table.add("not collected yet", String.valueOf(number(answer, "uncollectedSnapshots")));
    table.add("objects", String.valueOf(number(answer, "objects")));
    table.add("data", SnapshotText.rounded(number(answer, "dataBytes")));
    table.add("manifests", SnapshotText.rounded(number(answer, "manifestBytes")));
    table.add("other", SnapshotText.rounded(number(answer, "otherBytes")));
    table.add("total", SnapshotText.rounded(number(answer, "totalBytes")));
    return table.toString();
  }
}
