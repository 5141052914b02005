package dev.quarry.disk;

/// Something open on a [SimulatedMachine].
interface SimulatedHandle {
  /// Whether these are the contents it shows.
  boolean shows(SimulatedContents contents);
}
