package dev.quarry.nbd;

import dev.quarry.block.VolumeException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the operator of requests that a device failed, at most once in a second for a connection.
/// For its own thread only.
final class FailureLog {
  private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);
  private static final long PAUSE_NANOS = 1_000_000_000;

  private final String connection;
  private final LongSupplier nanoClock;
  private boolean reported;
  private long reportedNanos;
  private long silent;

  FailureLog(String connection, LongSupplier nanoClock) {
    this.connection = connection;
    this.nanoClock = nanoClock;
  }

  /// Reports what is the server's to know of; a client's own mistakes are not.
  void report(Request request, VolumeException failure) {
    boolean ours =
        switch (failure) {
          case VolumeException.OutOfRange _, VolumeException.ReadOnly _ -> false;
          case VolumeException.Full _,
              VolumeException.Unavailable _,
              VolumeException.Corrupt _,
              VolumeException.Detached _ ->
              true;
        };
    if (!ours) {
      return;
    }
    long now = nanoClock.getAsLong();
    if (reported && now - reportedNanos < PAUSE_NANOS) {
      silent++;
      return;
    }
    LOG.warn(
        "request failed connection={} {} error={} unreported={}",
        connection,
        request,
        failure.getMessage(),
        silent);
    reported = true;
    reportedNanos = now;
    silent = 0;
  }
}
