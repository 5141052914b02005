package dev.quarry.workload;

import java.time.Duration;

/// Numbers as people write them in workloads.
final class Numbers {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /// So that sums of times fit in nanoseconds.
  private static final double MOST_NANOS = 366.0 * 86_400 * NANOS_PER_SECOND;

  private Numbers() {}

  static int whole(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not a whole number");
    }
  }

  static double decimal(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not a number");
    }
  }

  /// Reads `90s`, `20ms`, `1.5h`, `1h30m`.
  static Duration duration(String text) {
    double nanos = 0;
    int at = 0;
    while (at < text.length()) {
      int unitAt = at;
      while (unitAt < text.length() && isNumeral(text.charAt(unitAt))) {
        unitAt++;
      }
      int end = unitAt;
      while (end < text.length() && !isNumeral(text.charAt(end))) {
        end++;
      }
      nanos += parse(text, at, unitAt) * unitNanos(text, text.substring(unitAt, end));
      at = end;
    }
    if (!(nanos >= 1 && nanos <= MOST_NANOS)) {
      throw noDuration(text);
    }
    return Duration.ofNanos(Math.round(nanos));
  }

  private static double parse(String text, int from, int to) {
    try {
      return Double.parseDouble(text.substring(from, to));
    } catch (NumberFormatException e) {
      throw noDuration(text);
    }
  }

  private static double unitNanos(String text, String unit) {
    return switch (unit) {
      case "us", "µs" -> 1e3;
      case "ms" -> 1e6;
      case "s" -> 1e9;
      case "m", "min" -> 60e9;
      case "h" -> 3600e9;
      case "d" -> 86_400e9;
      default -> throw noDuration(text);
    };
  }

  private static boolean isNumeral(char c) {
    return c >= '0' && c <= '9' || c == '.';
  }

  private static IllegalArgumentException noDuration(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is not a time; write one like 20ms, 90s, 30m or 1h30m, at most a year");
  }
}
