package dev.quarry.snapshot;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Remembers, outside of the store, how far each volume's log was seen to reach: who removes or
/// replaces entries in the store is found out.
///
/// Safe for use by many threads.
public interface Anchors {
  /// How far a log was seen to reach.
  ///
  /// @param number the last entry
  /// @param mac its MAC
  record Anchor(long number, Mac mac) {}

  /// What is remembered of a volume's log; nothing if it was never seen.
  Optional<Anchor> read(UUID volume);

  /// Remembers, durably, that the log reaches that far.
  void advance(UUID volume, Anchor anchor);

  /// The volumes of which something is remembered.
  List<UUID> volumes();

  /// Remembers nothing, so that nothing is found out.
  static Anchors none() {
    return new Anchors() {
      @Override
      public Optional<Anchor> read(UUID volume) {
        return Optional.empty();
      }

      @Override
      public List<UUID> volumes() {
        return List.of();
      }

      @Override
      public void advance(UUID volume, Anchor anchor) {
        // Nothing is remembered.
      }
    };
  }
}
