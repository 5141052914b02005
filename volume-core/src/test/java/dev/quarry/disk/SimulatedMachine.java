package dev.quarry.disk;

import dev.quarry.block.VolumeException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/// A computer with one disk, in memory, that can be stopped at any moment and started again.
///
/// Every call that changes the disk is a **step**. [#crashAtStep] and [#crashAtForce] stop the
/// machine in the middle of one: a part of its effect is there (chosen by the seed), the call
/// throws [SimulatedCrash], and so does every call after it, until [#restart] says how the run
/// ended and what, therefore, survived. A scenario is tested by running it once for each of its
/// steps.
///
/// Calls can also be made to fail before or after their effect ([#fail]), and space to run out
/// ([#setCapacityBytes]). What does not exist on a real disk is an AssertionError: an access
/// outside a file, a word set in a hole, a file deleted while open; and [#close] is one if a file
/// is still open.
public final class SimulatedMachine implements AutoCloseable {
  private static final long NEVER = Long.MAX_VALUE;

  private final long seed;
  private final SplittableRandom random; // guarded by this, as is all below
  private final Map<SimulatedHandle, Throwable> open = new LinkedHashMap<>();
  private final Map<Operation, Fault> faults = new EnumMap<>(Operation.class);
  private SimulatedDisk.Folder root = new SimulatedDisk.Folder();
  private int run;
  private int boot;
  private boolean down;
  private long steps;
  private long forces;
  private long crashAtStep = NEVER;
  private long crashAtForce = NEVER;
  private long capacityPages = Long.MAX_VALUE / SimulatedContents.PAGE_BYTES;
  private long usedPages;

  private SimulatedMachine(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
  }

  /// A machine with an empty disk, whose chances all follow from the seed.
  public static SimulatedMachine create(long seed) {
    return new SimulatedMachine(seed);
  }

  /// The disk's root, for the run that began with the last start.
  public synchronized Disk disk() {
    return new SimulatedDisk(this, run, root, "");
  }

  /// What the operating system calls the time since it was started.
  public synchronized String bootId() {
    return "boot-" + seed + "-" + boot;
  }

  /// How many steps there were so far.
  public synchronized long steps() {
    return steps;
  }

  /// How many forces there were so far.
  public synchronized long forces() {
    return forces;
  }

  /// Whether the machine stopped and was not started again.
  public synchronized boolean down() {
    return down;
  }

  /// Stops the machine in the step that follows `skip` more steps.
  public synchronized void crashAtStep(long skip) {
    crashAtStep = steps + skip;
  }

  /// Stops the machine in the force that follows `skip` more forces.
  public synchronized void crashAtForce(long skip) {
    crashAtForce = forces + skip;
  }

  /// Stops it no more.
  public synchronized void crashNever() {
    crashAtStep = NEVER;
    crashAtForce = NEVER;
  }

  /// Stops the machine now, between two calls.
  public synchronized void crash() {
    down = true;
  }

  /// Makes calls of a kind fail: after `skip` more that work, the next `count`.
  public synchronized void fail(Operation operation, long skip, long count, When when) {
    faults.put(operation, new Fault(skip, count, when));
  }

  /// Makes calls of a kind work again.
  public synchronized void repair(Operation operation) {
    faults.remove(operation);
  }

  /// When a failing call fails: with nothing done, or with all done and the answer lost.
  public enum When {
    BEFORE_EFFECT,
    AFTER_EFFECT
  }

  /// Sets how much the disk holds, in bytes.
  public synchronized void setCapacityBytes(long bytes) {
    capacityPages = bytes / SimulatedContents.PAGE_BYTES;
  }

  /// The space in use, in bytes.
  public synchronized long usedBytes() {
    return usedPages * SimulatedContents.PAGE_BYTES;
  }

  /// Starts the process again, and before that the machine if it lost power. Whatever was open is
  /// gone; what the crash left on the disk is there.
  public synchronized void restart(Crash crash) {
    if (crash.powerLoss()) {
      root.losePower(crash, random);
      boot++;
    }
    open.clear();
    run++;
    down = false;
    crashNever();
    faults.clear();
  }

  /// Fails if a file is open that the current run opened.
  @Override
  public synchronized void close() {
    if (!open.isEmpty() && !down) {
      AssertionError leak = new AssertionError("still open: " + open.keySet());
      open.values().forEach(leak::addSuppressed);
      throw leak;
    }
  }

  @Override
  public String toString() {
    return "SimulatedMachine(seed=" + seed + ")";
  }

  /// Checks that a call belongs to the current run and the machine is up.
  void checkUp(int callersRun) {
    if (down || callersRun != run) {
      throw new SimulatedCrash("the machine is down seed=" + seed);
    }
  }

  /// Carries out a step, or the part of it that a crash or a fault leaves.
  void step(Operation operation, String what, Effect effect) throws VolumeException {
    long number = steps++;
    long force = operation == Operation.FORCE ? forces++ : -1;
    if (number == crashAtStep || (force >= 0 && force == crashAtForce)) {
      down = true;
      effect.apply(random.nextInt(3), random);
      throw crashed(number, what);
    }
    if (strikes(operation, When.BEFORE_EFFECT)) {
      effect.fail(random);
      throw failed(what);
    }
    effect.apply(2, random);
    failIf(operation, When.AFTER_EFFECT, what);
  }

  /// Carries out a step that can be cut off by a crash but cannot fail.
  void stepInMemory(String what, Runnable effect) {
    long number = steps++;
    if (number == crashAtStep) {
      down = true;
      if (random.nextBoolean()) {
        effect.run();
      }
      throw crashed(number, what);
    }
    effect.run();
  }

  /// Fails a call that was told to fail at that point.
  void failIf(Operation operation, When when, String what) throws VolumeException {
    if (strikes(operation, when)) {
      throw failed(what);
    }
  }

  private boolean strikes(Operation operation, When when) {
    Fault fault = faults.get(operation);
    return fault != null && fault.when == when && fault.strikes();
  }

  private static VolumeException failed(String what) {
    return new VolumeException.Unavailable("simulated failure of " + what, null);
  }

  private SimulatedCrash crashed(long step, String what) {
    return new SimulatedCrash("crashed in step " + step + ": " + what + " seed=" + seed);
  }

  boolean chance() {
    return random.nextBoolean();
  }

  void checkSpace(long morePages, String file) throws VolumeException {
    if (usedPages + morePages > capacityPages) {
      throw new VolumeException.Full("simulated disk is full file=" + file, null);
    }
  }

  void usePages(long more) {
    usedPages += more;
  }

  void opened(SimulatedHandle handle) {
    open.put(handle, new Throwable("opened here: " + handle));
  }

  void closed(SimulatedHandle handle) {
    open.remove(handle);
  }

  /// Whether some handle of this run shows these contents.
  boolean isOpen(SimulatedContents contents) {
    return open.keySet().stream().anyMatch(handle -> handle.shows(contents));
  }

  /// What a step does. `part` is 0 for nothing, 1 for some of it, 2 for all.
  @FunctionalInterface
  interface Effect {
    void apply(int part, SplittableRandom random) throws VolumeException;

    /// What is left when the call fails before its effect.
    default void fail(SplittableRandom random) {}
  }

  private static final class Fault {
    private final When when;
    private long skip;
    private long count;

    Fault(long skip, long count, When when) {
      this.skip = skip;
      this.count = count;
      this.when = when;
    }

    boolean strikes() {
      if (skip > 0) {
        skip--;
        return false;
      }
      return count-- > 0;
    }
  }
}
