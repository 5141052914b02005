package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.util.ArrayList;
import java.util.List;

/// Waits for snapshots to be made, and shows how far they are.
final class SnapshotWait {
  private SnapshotWait() {}

  /// Waits until none of some snapshots is pending.
  ///
  /// @return them as they are then
  /// @throws CliException if one failed
  static List<JsonObject> until(Invocation given, NodeClient node, List<String> ids)
      throws InterruptedException {
    List<JsonObject> ended = new ArrayList<>();
    try (ProgressLine line = ProgressLine.on(given.commandLine().getErr())) {
      for (String id : ids) {
        ended.add(
            line.follow(
                node,
                NodeClient.snapshotPath(id),
                "pending",
                snapshot -> "%s  %s".formatted(id, SnapshotText.progress(snapshot))));
      }
    }
    for (JsonObject snapshot : ended) {
      if (!snapshot.text("state").orElse("").equals("completed")) {
        throw new CliException(
            "snapshot %s is %s: %s"
                .formatted(
                    snapshot.text("id").orElse(""),
                    snapshot.text("state").orElse(""),
                    snapshot.text("statusMessage").orElse("")),
            "see to the cause and make another: it will have all that this one was to have");
      }
    }
    return ended;
  }
}
