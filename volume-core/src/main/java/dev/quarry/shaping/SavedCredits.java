package dev.quarry.shaping;

/// What is kept of a credit bucket while nobody runs the volume.
///
/// **The rule.** On the way back the credits are those saved plus what was earned since at the
/// baseline rate, never more than the bucket holds. The time since then is told by the machine's
/// uptime if the machine has not restarted, otherwise by the wall clock, and never counts below 0.
/// So setting the wall clock does nothing while the machine runs; if it is set across a restart of
/// the machine, a step back earns nothing and a step forward earns at most a full bucket.
///
/// A process that is killed cannot save. [Throttle#save] therefore saves ahead: the credits that
/// would be left if the volume spent all it may until the next save is due.
///
/// @param credits I/Os (gp2) or bytes (st1, sc1); below 0 if requests were admitted ahead
/// @param savedAt when
public record SavedCredits(long credits, Moment savedAt) {
  /// More than the bytes of any volume, in the bucket or owed.
  private static final long MOST = 1L << 50;

  public SavedCredits {
    if (credits > MOST || credits < -MOST) {
      throw new IllegalArgumentException("saved credits out of range credits=" + credits);
    }
  }
}
