package dev.quarry.cli;

import picocli.CommandLine.Model.CommandSpec;

/// The commands about the store of a node's snapshots.
final class StoreCommands {
  private StoreCommands() {}

  static CommandSpec spec() {
    return new CommandBuilder("store", "Looks after the store that snapshots are kept in.")
        .groups(StoreCheckCommand.spec());
  }
}
