package dev.quarry.disk;

/// The kinds of calls on a [SimulatedMachine] that can be made to fail.
public enum Operation {
  /// Reading from a file, positional or whole.
  READ,
  /// Writing, punching, zeroing or allocating in a file.
  WRITE,
  /// Forcing a file.
  FORCE,
  /// Changing a size or a name: resize, make, replace, delete.
  CHANGE
}
