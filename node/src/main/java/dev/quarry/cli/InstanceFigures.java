package dev.quarry.cli;

import dev.quarry.shaping.InstanceLimit;

/// The limit of an instance as people write it: `IOPS,MIBPS`, or with a burst
/// `IOPS,MIBPS,BURST_IOPS,BURST_MIBPS`.
final class InstanceFigures {
  static final String LABEL = "IOPS,MIBPS[,BURST_IOPS,BURST_MIBPS]";

  /// "30 minutes at least once every 24 hours" (EC2 User Guide, "EBS optimization").
  private static final long BURST_SECONDS = 1800;

  private static final int MIB_SHIFT = 20;
  private static final long MOST_IOPS = 1 << 24;
  private static final long MOST_MIBPS = 1 << 18;

  private InstanceFigures() {}

  /// Reads a limit.
  ///
  /// @throws IllegalArgumentException if it is none; the message says what one looks like
  static InstanceLimit.Figures parse(String text) {
    String[] parts = text.split(",", -1);
    if (parts.length == 2) {
      return InstanceLimit.Figures.steady(number(text, parts[0], MOST_IOPS), bytes(text, parts[1]));
    }
    if (parts.length != 4) {
      throw none(text);
    }
    try {
      return new InstanceLimit.Figures(
          number(text, parts[0], MOST_IOPS),
          bytes(text, parts[1]),
          number(text, parts[2], MOST_IOPS),
          bytes(text, parts[3]),
          BURST_SECONDS);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "': " + e.getMessage());
    }
  }

  private static long bytes(String text, String part) {
    return number(text, part, MOST_MIBPS) << MIB_SHIFT;
  }

  private static long number(String text, String part, long most) {
    try {
      long number = Long.parseLong(part.strip());
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw none(text);
  }

  private static IllegalArgumentException none(String text) {
    return new IllegalArgumentException(
        "'%s' is not a limit; write %s in whole numbers, such as 4000,250".formatted(text, LABEL));
  }
}
