package dev.quarry.cli;

import java.math.BigDecimal;
import java.util.Locale;

/// A number of bytes as people write it: `20GiB`, `1.5 TiB`, `512M`, `21474836480`.
///
/// `K`, `M`, `G`, `T` and `P`, alone or with `iB`, count in steps of 1,024, as EBS and most disk
/// tools do; with `B` alone (`GB`) in steps of 1,000. Case does not matter.
///
/// @param bytes how many, 0 or more
public record ByteSize(long bytes) {
  private static final String PREFIXES = "KMGTPE";

  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("negative size bytes=" + bytes);
    }
  }

  /// Reads a size.
  ///
  /// @throws IllegalArgumentException if it is none; the message says what one looks like
  public static ByteSize parse(String text) {
    String trimmed = text.strip();
    int unitAt = 0;
    while (unitAt < trimmed.length() && isNumeral(trimmed.charAt(unitAt))) {
      unitAt++;
    }
    try {
      BigDecimal number = new BigDecimal(trimmed.substring(0, unitAt));
      long unit = unitBytes(trimmed.substring(unitAt).strip().toUpperCase(Locale.ROOT));
      return new ByteSize(number.multiply(BigDecimal.valueOf(unit)).longValueExact());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a size; write one like 20GiB, 1.5TiB, 512M or 21474836480");
    }
  }

  private static boolean isNumeral(char c) {
    return c >= '0' && c <= '9' || c == '.';
  }

  private static long unitBytes(String unit) {
    if (unit.isEmpty() || unit.equals("B")) {
      return 1;
    }
    int power = PREFIXES.indexOf(unit.charAt(0)) + 1;
    long step =
        switch (unit.substring(1)) {
          case "", "I", "IB" -> 1024;
          case "B" -> 1000;
          default -> 0;
        };
    if (power == 0 || step == 0) {
      throw new IllegalArgumentException("unknown unit " + unit);
    }
    long bytes = 1;
    for (int i = 0; i < power; i++) {
      bytes *= step;
    }
    return bytes;
  }

  /// The size in the largest unit that it is a whole number of, such as `1536 GiB`.
  @Override
  public String toString() {
    int power = bytes == 0 ? 0 : Long.numberOfTrailingZeros(bytes) / 10;
    power = Math.min(power, PREFIXES.length());
    return power == 0
        ? bytes + " B"
        : (bytes >> 10 * power) + " " + PREFIXES.charAt(power - 1) + "iB";
  }
}
