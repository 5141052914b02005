package dev.quarry.bench;

import dev.quarry.cli.CommandBuilder;
import dev.quarry.cli.CommandGroup;
import picocli.CommandLine.Model.CommandSpec;

/// The commands under `quarry bench`.
public final class BenchCommands implements CommandGroup {

  @Override
  public String name() {
    return "bench";
  }

  @Override
  public CommandSpec spec() {
    return new CommandBuilder(
            name(), "Measures: tiers of EBS under a workload, NBD servers, parts of the engine.")
        .groups(TiersCommand.spec(), NbdCommand.spec(), MicroCommand.spec());
  }
}
