package dev.quarry.volume;

import dev.quarry.disk.Crash;
import dev.quarry.disk.Disk;
import dev.quarry.disk.SimulatedCrash;
import dev.quarry.disk.SimulatedMachine;
import java.io.IOException;
import java.util.SplittableRandom;

/// A volume on a machine that can crash in any step, also while it recovers from a crash.
final class SimulatedVolume extends VolumeFixture {
  private static final int RECOVERY_STEPS = 40;

  private final SimulatedMachine machine;
  private final SplittableRandom random;
  private Crash crash = Crash.KILL;

  SimulatedVolume(long seed, long sizeBytes) throws IOException {
    super(sizeBytes);
    machine = SimulatedMachine.create(seed);
    random = new SplittableRandom(seed);
    open(false);
  }

  @Override
  Disk folder() throws IOException {
    return machine.disk().folder("volume");
  }

  @Override
  public boolean crashAfter(int steps, Crash how) {
    machine.crashAtStep(steps);
    crash = how;
    return true;
  }

  @Override
  public void recover() throws IOException {
    machine.restart(crash);
    machine.crashAtStep(random.nextInt(RECOVERY_STEPS));
    try {
      open(crash.powerLoss());
    } catch (SimulatedCrash _) {
      machine.restart(crash);
      open(crash.powerLoss()); // the record still has the old boot id
    }
    machine.crashNever();
  }

  @Override
  public void close() throws IOException {
    machine.crashNever();
    device().close();
    machine.close();
  }
}
