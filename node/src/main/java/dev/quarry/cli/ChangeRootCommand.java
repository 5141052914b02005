package dev.quarry.cli;

import dev.quarry.crypto.Evidence;
import dev.quarry.node.JsonObject;
import dev.quarry.node.KeySettings;
import dev.quarry.node.NodeException;
import dev.quarry.node.NodeKeys;
import dev.quarry.node.RootKeyChoice;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/// Seals the keys of a node, which does not run, under another root key.
final class ChangeRootCommand {
  private static final RootKeyOptions NEXT = new RootKeyOptions("--new-");
  private static final String IN_DATA_FOLDER = "--new-in-data-folder";

  private ChangeRootCommand() {}

  static CommandSpec spec() {
    CommandBuilder command =
        new CommandBuilder(
            "change-root",
            "Seals the keys under another root key, while the node does not run. Name the present"
                + " root key as for `quarry serve`, and the new one.");
    return NEXT.addTo(RootKeyOptions.PRESENT.addTo(command))
        .flag(IN_DATA_FOLDER, "The root key: a new one in a file in the data folder.")
        .asksNode()
        .examples(
            "quarry key change-root --new-passphrase",
            "quarry key change-root --passphrase --new-root-key-file /etc/quarry/root.key",
            "",
            "The keys themselves stay: a copy of the data folder from before opens as before.")
        .does(ChangeRootCommand::run);
  }

  private static void run(Invocation given) {
    RootKeyChoice next = next(given);
    KeySettings present = new KeySettings(RootKeyOptions.PRESENT.of(given), Evidence.REQUIRED);
    Logs.begin(LogFormat.TEXT);
    try {
      NodeKeys.changeRoot(given.dataFolder(), present, next);
    } catch (NodeException e) {
      throw new CliException(e.getMessage(), e.remedy());
    }
    given.show(
        new JsonObject().put("data", given.dataFolder().toString()).put("changed", true),
        _ -> "the keys are sealed under the new root key; the node needs it from now on\n");
  }

  private static RootKeyChoice next(Invocation given) {
    List<String> named = Stream.concat(NEXT.named(given).stream(), own(given).stream()).toList();
    if (named.isEmpty()) {
      throw given.wrongUsage("name the new root key, with one of the options --new-...");
    }
    if (named.size() > 1) {
      throw given.wrongUsage(String.join(" and ", named) + " exclude each other");
    }
    return NEXT.of(given);
  }

  private static List<String> own(Invocation given) {
    return given.flag(IN_DATA_FOLDER) ? List.of(IN_DATA_FOLDER) : List.of();
  }
}
