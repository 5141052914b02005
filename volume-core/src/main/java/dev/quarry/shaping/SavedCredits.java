package dev.quarry.shaping;

/// What is kept of a credit bucket while nobody runs the volume.
///
/// **The rule.** On the way back the credits are those saved plus what was earned since at the
/// baseline rate, never more than the bucket holds, less the reserve. The time since then is told
/// by the machine's uptime if the machine has not restarted, otherwise by the wall clock, and never
/// counts below 0. So setting the wall clock does nothing while the machine runs; if it is set
/// across a restart of the machine, a step back earns nothing and a step forward earns at most a
/// full bucket.
///
/// **The reserve** is for a process that is killed and cannot save: what the volume could spend at
/// its burst rate until the next save is due. A volume that spends nothing meanwhile need not be
/// saved again, however long that lasts: what it earns is counted from the save, and the reserve
/// covers what it spends between its first request and the next save.
///
/// @param credits I/Os (gp2) or bytes (st1, sc1); below 0 if requests were admitted ahead
/// @param reserve in the same unit; 0 if the volume was closed
/// @param savedAt when
public record SavedCredits(long credits, long reserve, Moment savedAt) {
  /// More than the bytes of any volume, in the bucket or owed.
  private static final long MOST = 1L << 50;

  public SavedCredits {
    if (credits > MOST || credits < -MOST) {
      throw new IllegalArgumentException("saved credits out of range credits=" + credits);
    }
    if (reserve > MOST || reserve < 0) {
      throw new IllegalArgumentException("reserve of credits out of range reserve=" + reserve);
    }
  }

  /// Credits of a volume that was closed.
  public static SavedCredits closed(long credits, Moment savedAt) {
    return new SavedCredits(credits, 0, savedAt);
  }
}
