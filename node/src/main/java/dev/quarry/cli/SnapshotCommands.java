package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/// The commands about snapshots.
final class SnapshotCommands {
  static final String DESCRIPTION = "--description";
  static final String TAG = "--tag";
  static final String WAIT = "--wait";
  private static final String VOLUME = "--volume";

  private SnapshotCommands() {}

  static CommandSpec spec() {
    return new CommandBuilder(
            "snapshot",
            "Makes, shows and deletes snapshots of volumes, and copies them in and out.")
        .groups(
            create(),
            list(),
            show(),
            DiffCommand.spec(),
            CopyCommand.spec(),
            RetentionCommands.delete(),
            RetentionCommands.bin(),
            RetentionCommands.restore(),
            RetentionCommands.lock(),
            RetentionCommands.unlock(),
            ExportCommand.spec(),
            ImportCommand.spec());
  }

  private static CommandSpec create() {
    return new CommandBuilder(
            "create",
            "Makes snapshots of volumes, in use or not, as they are now. Of several volumes it is"
                + " one instant. The first of a volume has all that was written, a later one what"
                + " changed since.")
        .arguments("VOLUME", "Its id or its name.")
        .option(DESCRIPTION, "TEXT", "What it is for.")
        .pairs(TAG, "A tag; may be repeated.")
        .flag(
            WAIT,
            "Wait until it is completed. Without it, it is made in the background; the volume may"
                + " be used and changed at once either way.")
        .asksNode()
        .examples(
            "quarry snapshot create db --description 'before the upgrade'",
            "quarry snapshot create db logs --wait           at one instant",
            "quarry volume create --snapshot snap-0123456789abcdef0 --name copy")
        .does(SnapshotCommands::create);
  }

  private static void create(Invocation given) throws InterruptedException {
    JsonObject asked = new JsonObject().put("volumes", given.arguments());
    putAbout(given, asked);
    NodeClient node = given.node();
    JsonObject answer = node.post("/v1/snapshots", asked);
    show(given, node, answer);
  }

  /// Puts what a snapshot is told to be about into a request.
  static void putAbout(Invocation given, JsonObject asked) {
    given.text(DESCRIPTION).ifPresent(text -> asked.put("description", text));
    Map<String, String> tags = given.pairs(TAG);
    if (!tags.isEmpty()) {
      asked.put("tags", tags);
    }
  }

  /// Shows snapshots that were begun, once they are completed if that is waited for.
  static void show(Invocation given, NodeClient node, JsonObject answer)
      throws InterruptedException {
    if (!given.flag(WAIT)) {
      given.show(answer, SnapshotText::list);
      return;
    }
    List<String> ids =
        answer.objects("snapshots").stream().map(s -> s.text("id").orElseThrow()).toList();
    List<JsonObject> ended = SnapshotWait.until(given, node, ids);
    given.show(new JsonObject().put("snapshots", ended), SnapshotText::list);
  }

  private static CommandSpec list() {
    return new CommandBuilder(
            "list", "Lists the snapshots in the store, also of volumes that are deleted.")
        .option(VOLUME, "VOLUME", "Only those of this volume: an id, or the name of one there is.")
        .asksNode()
        .examples(
            "quarry snapshot list --volume db",
            "quarry snapshot list --output json | jq -r '.snapshots[].id'")
        .does(given -> {
          String path =
              given
                  .text(VOLUME)
                  .map(volume -> NodeClient.path("/v1/snapshots?volume=", volume))
                  .orElse("/v1/snapshots");
          given.show(given.node().get(path), SnapshotText::list);
        });
  }

  private static CommandSpec show() {
    return new CommandBuilder("show", "Shows all about one snapshot.")
        .argument("SNAPSHOT", "Its id.")
        .asksNode()
        .examples("quarry snapshot show snap-0123456789abcdef0")
        .does(given ->
            given.show(
                given.node().get(NodeClient.snapshotPath(given.argument())),
                SnapshotText::details));
  }
}
