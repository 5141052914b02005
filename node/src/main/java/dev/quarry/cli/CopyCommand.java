package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// Copies a snapshot to another store, or under another key.
final class CopyCommand {
  private static final String TO_STORE = "--to-store";
  private static final String KEY = "--key";

  private CopyCommand() {}

  static CommandSpec spec() {
    return new CommandBuilder(
            "copy",
            "Copies a snapshot, into another store or under another key. The copy has an id of its"
                + " own and needs nothing of the original: any node that has its store and its key"
                + " can read it. A later copy of the same volume has what changed since an earlier"
                + " one.")
        .argument("SNAPSHOT", "Its id.")
        .option(
            TO_STORE,
            "STORE",
            "A folder, or s3://BUCKET[/PREFIX] on the S3 server of the node's own store. Default:"
                + " the node's own store.")
        .option(
            KEY,
            "KEY",
            "The key to encrypt the copy under. Default: that of the snapshot, if it is encrypted.")
        .option(SnapshotCommands.DESCRIPTION, "TEXT", "What it is for.")
        .pairs(SnapshotCommands.TAG, "A tag; may be repeated. Tags of the original are not copied.")
        .asksNode()
        .examples(
            "quarry snapshot copy snap-0123456789abcdef0 --to-store s3://elsewhere/quarry",
            "quarry snapshot copy snap-0123456789abcdef0 --key alias/partner")
        .does(CopyCommand::run);
  }

  private static void run(Invocation given) throws InterruptedException {
    String snapshot = given.argument(0);
    JsonObject asked = new JsonObject().put("snapshotId", snapshot);
    given
        .text(TO_STORE)
        .map(to -> to.startsWith("s3://") ? to : Path.of(to).toAbsolutePath().toString())
        .ifPresent(to -> asked.put("toStore", to));
    given.text(KEY).ifPresent(key -> asked.put("kmsKeyId", key));
    SnapshotCommands.putAbout(given, asked);
    NodeClient node = given.node();
    String id = node.post("/v1/copies", asked).text("snapshotId").orElseThrow();
    JsonObject copy;
    try (ProgressLine line = ProgressLine.on(given.commandLine().getErr())) {
      copy =
          line.follow(
              node,
              NodeClient.path("/v1/copies/", id),
              "running",
              now -> SnapshotText.transfer(now.object("transfer").orElseThrow()));
    }
    if (!copy.text("state").equals(Optional.of("completed"))) {
      throw new CliException(
          "the snapshot was not copied: " + copy.text("statusMessage").orElse(""),
          "see to the cause and copy it again; nothing of it is seen in the other store");
    }
    given.show(
        copy,
        done -> "copied %s to %s in %s\n".formatted(snapshot, id, done.text("store").orElse("")));
  }
}
