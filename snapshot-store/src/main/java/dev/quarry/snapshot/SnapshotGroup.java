package dev.quarry.snapshot;

import java.util.UUID;

/// Snapshots of several volumes at one instant: if one fails, all end in error (EC2 API reference,
/// "CreateSnapshots"). So none is committed before all can be.
///
/// A process that ends in between leaves to its successor what was uploaded: those whose roots are
/// there are completed, each by itself.
///
/// Safe for use by many threads.
final class SnapshotGroup {
  private final UUID id;
  private int missing; // guarded by this
  private boolean failed; // guarded by this

  SnapshotGroup(UUID id, int members) {
    this.id = id;
    this.missing = members;
  }

  UUID id() {
    return id;
  }

  /// Says that one of them will not be completed.
  synchronized void fail() {
    failed = true;
    notifyAll();
  }

  /// Says that one of them can be committed, and waits until all can.
  ///
  /// @throws SnapshotException.Cancelled if that is not to be
  synchronized void arrive(StopFlag stop) {
    missing--;
    notifyAll();
    while (!failed && missing > 0) {
      stop.check();
      try {
        wait(1000); // being asked to stop wakes nobody
      } catch (InterruptedException _) {
        // Nobody interrupts these threads; whether to stop is asked for by the flag.
      }
    }
    if (failed) {
      throw new SnapshotException.Cancelled("another snapshot of the group failed group=" + id);
    }
  }
}
