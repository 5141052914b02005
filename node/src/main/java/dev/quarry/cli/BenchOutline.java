package dev.quarry.cli;

import picocli.CommandLine.Model.CommandSpec;

/// The word `bench`, as far as it is known here: what is under it comes from another module, which
/// other commands do not load.
final class BenchOutline {
  static final String NAME = "bench";

  private BenchOutline() {}

  /// What stands in the list of commands.
  static CommandSpec outline() {
    return command().groups();
  }

  /// All of it.
  static CommandSpec spec() {
    return CommandGroup.find(NAME).orElseGet(BenchOutline::missing);
  }

  private static CommandBuilder command() {
    return new CommandBuilder(
        NAME, "Measures: tiers of EBS under a workload, NBD servers, parts of the engine.");
  }

  private static CommandSpec missing() {
    return command()
        .does(_ -> {
          throw new CliException(
              "the benchmarks are not on the class path", "run ./quarry bench in a source tree");
        });
  }
}
