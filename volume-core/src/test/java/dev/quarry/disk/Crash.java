package dev.quarry.disk;

/// How a run on a [SimulatedMachine] ended, and with it what is left of what was not forced.
public enum Crash {
  /// The process was killed; the operating system lived on and kept all.
  KILL(false),
  /// Power was lost, and all that was not forced with it.
  LOSE_ALL(true),
  /// Power was lost, after everything had come to the disk by chance.
  LOSE_NONE(true),
  /// Power was lost; of each sector, or word, any value since the last force is on the disk.
  LOSE_SOME(true);

  private final boolean powerLoss;

  Crash(boolean powerLoss) {
    this.powerLoss = powerLoss;
  }

  /// Whether the machine starts with a new boot id.
  public boolean powerLoss() {
    return powerLoss;
  }
}
