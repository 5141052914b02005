package dev.quarry.workload;

/// The fields of a line, as far as lines of traces have them in common.
final class Fields {
  private Fields() {}

  /// A whole number that is not negative.
  static long number(String text, String what) {
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException(what + " is not a whole number: '" + clipped(text) + "'");
  }

  /// A count of units as a count of smaller ones.
  static long scaled(long number, long unit, String what) {
    try {
      return Math.multiplyExact(number, unit);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(what + " is too large: " + number, e);
    }
  }

  /// A text as far as it fits into a message.
  static String clipped(String text) {
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }
}
