package dev.quarry.cli;

/// A number of days, as users write it.
record Days(int count) {

  /// @throws IllegalArgumentException if it is none, saying so
  static Days parse(String text) {
    try {
      int count = Integer.parseInt(text);
      if (count >= 1) {
        return new Days(count);
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException("'" + text + "' is not a number of days");
  }
}
