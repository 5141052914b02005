package dev.quarry.cli;

/// How a command shows what it found.
enum Output {
  /// Aligned text for people.
  TABLE,
  /// The control API's own answer, for programs.
  JSON
}
