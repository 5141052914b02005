package dev.quarry.snapshot;

/// How much of the packs a check reads, apart from looking whether they are there. Which ones is
/// drawn anew each time, so that parts read on many days find what all of it would.
///
/// @param share of the packs, 0 to 1
/// @param maxBytes the most to read, in bytes
public record CheckReading(double share, long maxBytes) {
  /// Packs are looked for, in lists, and not read.
  public static final CheckReading NONE = new CheckReading(0, 0);

  /// All of them.
  public static final CheckReading ALL = new CheckReading(1, Long.MAX_VALUE);

  public CheckReading {
    if (!(share >= 0 && share <= 1) || maxBytes < 0) {
      throw new IllegalArgumentException("not a part share=" + share + " max=" + maxBytes);
    }
  }

  /// A share of the packs.
  public static CheckReading share(double share) {
    return new CheckReading(share, Long.MAX_VALUE);
  }

  /// So many bytes of packs.
  public static CheckReading bytes(long maxBytes) {
    return new CheckReading(1, maxBytes);
  }
}
