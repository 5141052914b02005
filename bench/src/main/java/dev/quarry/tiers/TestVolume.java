package dev.quarry.tiers;

import dev.quarry.block.IoKind;
import dev.quarry.block.VolumeException;
import dev.quarry.shaping.BurstBalance;
import dev.quarry.shaping.MetricsSnapshot;
import dev.quarry.shaping.TimeSource;
import java.util.Optional;

/// A volume to be put under load.
interface TestVolume extends AutoCloseable {

  /// The clock its limits go by.
  TimeSource time();

  /// One more connection to it.
  Way way() throws VolumeException;

  /// The credits it has now, if its type has any.
  Optional<BurstBalance> balance();

  /// What it has done so far.
  MetricsSnapshot metrics();

  @Override
  void close() throws VolumeException;

  /// A connection: requests are admitted one after the other, and carried out when their wait is
  /// over.
  interface Way {

    /// Charges a request.
    ///
    /// @return nanoseconds to wait from now
    long admit(IoKind kind, long offset, int length);

    /// Carries it out.
    ///
    /// @param serviceNanos how long it takes on the tier that is modelled, if that is longer
    /// @return how long it took
    long perform(IoKind kind, long offset, int length, long serviceNanos) throws VolumeException;
  }
}
