package dev.quarry.cli;

import dev.quarry.nbd.AddressRange;
import dev.quarry.node.NodeAccess;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// The options that say which NBD clients may do what.
final class AccessOptions {
  private static final String ALLOW = "--allow";
  private static final String ADDRESS_ACCESS = "--address-access";
  private static final String READ_ONLY = "--read-only";

  private AccessOptions() {}

  /// Adds them to a command.
  static CommandBuilder addTo(CommandBuilder command) {
    return command
        .option(
            ALLOW,
            "RANGE,...",
            "Where NBD clients may come from over TCP, such as 192.168.1.0/24,fd00::/8. Default:"
                + " from anywhere.")
        .option(
            ADDRESS_ACCESS,
            "FILE",
            "From where which volume may be used: lines of 'RANGE: VOLUME VOLUME:ro ...', * for"
                + " all, :ro to read only; RANGE is 'unix' for the Unix socket. VOLUME is an id.")
        .option(
            READ_ONLY,
            "VOLUME,...",
            "Volumes to serve read-only, by ids or names; * for all of them.");
  }

  /// What was given.
  static NodeAccess of(Invocation given) {
    try {
      return new NodeAccess(
          parts(given, ALLOW).stream().map(AddressRange::parse).toList(),
          given.text(ADDRESS_ACCESS).map(Path::of),
          Set.copyOf(parts(given, READ_ONLY)));
    } catch (IllegalArgumentException e) {
      throw given.wrongUsage(ALLOW + ": " + e.getMessage());
    }
  }

  private static List<String> parts(Invocation given, String option) {
    return given
        .text(option)
        .map(text -> Arrays.stream(text.split(",")).map(String::strip).distinct().toList())
        .orElse(List.of());
  }
}
