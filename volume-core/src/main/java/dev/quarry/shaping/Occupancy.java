package dev.quarry.shaping;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// How many requests are in a volume, and for how long there were none.
///
/// Both must change together, so they share a `long`: from the highest bit the time of the last
/// change from some to none (44 bits, in units of 2^18 ns or 0.26 ms, which last 146 years) and the
/// count (20 bits). Rounding each end of an idle time down to a unit does not bias their sum.
final class Occupancy {
  private static final int UNIT_SHIFT = 18;
  private static final int COUNT_BITS = 20;
  private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

  private final AtomicLong word = new AtomicLong();
  private final AtomicLong heldUntilUnits = new AtomicLong();
  private final LongAdder idleUnits = new LongAdder();

  /// A request comes in.
  ///
  /// @param nanos since the volume's metrics began
  void enter(long nanos) {
    long units = nanos >>> UNIT_SHIFT;
    while (true) {
      long before = word.get();
      if (word.compareAndSet(before, before + 1)) {
        if ((before & COUNT_MASK) == 0) {
          idleUnits.add(idleSince(before, units));
        }
        return;
      }
    }
  }

  /// A request leaves.
  void exit(long nanos) {
    long units = nanos >>> UNIT_SHIFT;
    while (true) {
      long before = word.get();
      long count = (before & COUNT_MASK) - 1;
      if (word.compareAndSet(before, units << COUNT_BITS | count)) {
        return;
      }
    }
  }

  /// A request is held outside until then, and is not to count as idle time.
  void hold(long untilNanos) {
    heldUntilUnits.accumulateAndGet(untilNanos >>> UNIT_SHIFT, Math::max);
  }

  /// Requests in the volume now.
  long count() {
    return word.get() & COUNT_MASK;
  }

  /// For how long there were none.
  long idleNanos(long nanos) {
    long now = word.get();
    long current = (now & COUNT_MASK) == 0 ? idleSince(now, nanos >>> UNIT_SHIFT) : 0;
    return idleUnits.sum() + current << UNIT_SHIFT;
  }

  private long idleSince(long word, long units) {
    return Math.max(0, units - Math.max(word >>> COUNT_BITS, heldUntilUnits.get()));
  }
}
