package dev.quarry.workload;

/// How fast requests come.
public sealed interface Pace {

  /// So many are kept going: the next is made when one was answered. A slow volume gets fewer.
  record Depth(int requests) implements Pace {
    /// Room for the times of so many is set aside.
    private static final int MOST = 4096;

    public Depth {
      if (requests < 1 || requests > MOST) {
        throw new IllegalArgumentException("depth is not from 1 to " + MOST + ": " + requests);
      }
    }
  }

  /// They arrive by themselves, however long the answers take. A slow volume gets as many, and they
  /// queue; the time in the queue is part of their latency.
  ///
  /// @param perSecond requests a second on average
  /// @param arrivals how they are spread
  record Rate(double perSecond, Arrivals arrivals) implements Pace {
    private static final double MOST = 10_000_000;

    public Rate {
      if (!(perSecond > 0 && perSecond <= MOST)) {
        throw new IllegalArgumentException("rate is not above 0 and at most 10,000,000 a second");
      }
    }
  }

  /// How arrivals are spread in time.
  enum Arrivals {
    /// One after the other at the same distance.
    EVEN,
    /// Independent of each other, as those of many users are: a Poisson process.
    POISSON
  }
}
