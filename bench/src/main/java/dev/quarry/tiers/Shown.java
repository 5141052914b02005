package dev.quarry.tiers;

import java.util.Locale;

/// Quantities for people: three digits and a unit.
public final class Shown {
  private Shown() {}

  /// A time in nanoseconds, such as `1.25 ms`.
  public static String nanos(double nanos) {
    if (nanos < 999_500) {
      return digits(nanos / 1e3) + " µs";
    }
    return nanos < 999.5e6 ? digits(nanos / 1e6) + " ms" : seconds(nanos / 1e9);
  }

  /// A time in seconds, such as `12.5 s` or `1 h 05 min`.
  public static String seconds(double seconds) {
    if (seconds < 120) {
      return digits(seconds) + " s";
    }
    long minutes = Math.round(seconds / 60);
    if (minutes < 120) {
      return minutes + " min";
    }
    return minutes < 48 * 60
        ? "%d h %02d min".formatted(minutes / 60, minutes % 60)
        : digits(seconds / 86_400) + " days";
  }

  /// Three digits, more before the point if there are more.
  public static String digits(double number) {
    double size = Math.abs(number);
    String format = size < 9.995 ? "%.2f" : size < 99.95 ? "%.1f" : "%,.0f";
    return String.format(Locale.ROOT, format, number);
  }
}
