package dev.quarry.snapshot;

import java.util.UUID;

/// Knows what guards each lineage. Safe for use by many threads.
@FunctionalInterface
public interface Keyring {
  /// The seals of a lineage.
  ///
  /// @throws SnapshotException.NotFound if the lineage is unknown, or its key cannot be had
  Seals sealsOf(UUID volume);
}
