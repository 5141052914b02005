package dev.quarry.shaping;

import dev.quarry.block.BlockDevice;

/// What a request costs: how many I/Os and how many sectors.
///
/// Large requests count once for each unit begun (256 KiB on solid state, 1 MiB on hard disks).
/// Sequential requests count together: one that begins where the last ended, in the same direction
/// and of at least an eighth of a unit, fills up the unit the last has opened before it opens
/// another. On hard disks a request that does not continue the last one pays for a whole unit of
/// bytes, and what it did not move is credited to those that continue it. So any way to cut a
/// sequential run into pieces of an eighth of a unit or more costs the same, and finer cuts cost
/// more.
///
/// Sources: EBS User Guide, "I/O characteristics and monitoring", for the units and the examples;
/// that solid state does not merge requests below 32 KiB is from older text of the same guide.
///
/// What has to be remembered between requests is a `long`, so that it can be swapped by
/// compare-and-set without making an object. From the highest bit:
///
/// ```
///   0 (1) │ end of the last request, in sectors (38) │ rest of the open unit, in sectors (12)
///         │ that rest is paid for (1) │ it was a write (1) │ unused (11)
/// ```
///
/// @param unitSectors the unit in sectors
/// @param randomSectors the least a request pays that continues no other, in sectors
record IoCost(int unitSectors, int randomSectors) {
  static final IoCost SOLID_STATE = new IoCost(256 * 1024 / BlockDevice.SECTOR_BYTES, 0);
  static final IoCost HARD_DISK =
      new IoCost(1024 * 1024 / BlockDevice.SECTOR_BYTES, 1024 * 1024 / BlockDevice.SECTOR_BYTES);

  /// Before the first request: nothing to continue.
  static final long NO_WINDOW = 0;

  private static final int REST_BITS = 12;
  private static final int END_SHIFT = 25;
  private static final int REST_SHIFT = END_SHIFT - REST_BITS;
  private static final long PAID = 1L << 12;
  private static final long WRITE = 1L << 11;
  private static final long REST_MASK = (1L << REST_BITS) - 1;

  /// How requests of a volume with these figures are counted.
  static IoCost of(Performance performance) {
    return switch (performance) {
      case Performance.Unshaped _, Performance.Steady _, Performance.IoBurst _ -> SOLID_STATE;
      case Performance.ByteBurst _ -> HARD_DISK;
    };
  }

  IoCost {
    if (unitSectors < 8 || unitSectors > REST_MASK || randomSectors > unitSectors) {
      throw new IllegalArgumentException(
          "bad I/O unit sectors=" + unitSectors + " random=" + randomSectors);
    }
  }

  long unitBytes() {
    return (long) unitSectors * BlockDevice.SECTOR_BYTES;
  }

  /// The I/Os a request counts for.
  long operations(long window, boolean write, long offset, long length) {
    long sectors = sectorsIn(length);
    if (continues(window, write, offset, length)) {
      return units(Math.max(0, sectors - rest(window)));
    }
    return units(sectors);
  }

  /// The sectors a request pays for.
  long sectors(long window, boolean write, long offset, long length) {
    long sectors = sectorsIn(length);
    if (continues(window, write, offset, length)) {
      return (window & PAID) == 0 ? sectors : Math.max(0, sectors - rest(window));
    }
    return Math.max(sectors, randomSectors);
  }

  /// What to remember after a request.
  long next(long window, boolean write, long offset, long length) {
    long sectors = sectorsIn(length);
    if (!mergeable(offset, length)) {
      return NO_WINDOW;
    }
    boolean continues = continues(window, write, offset, length);
    long covered = continues ? Math.min(sectors, rest(window)) : 0;
    long beyond = sectors - covered;
    long rest = beyond > 0 ? units(beyond) * unitSectors - beyond : rest(window) - covered;
    boolean paid = continues ? beyond == 0 && (window & PAID) != 0 : sectors < randomSectors;
    return (offset + length) / BlockDevice.SECTOR_BYTES << END_SHIFT
        | rest << REST_SHIFT
        | (paid ? PAID : 0)
        | (write ? WRITE : 0);
  }

  private boolean continues(long window, boolean write, long offset, long length) {
    return window != NO_WINDOW
        && offset / BlockDevice.SECTOR_BYTES == window >>> END_SHIFT
        && write == ((window & WRITE) != 0)
        && mergeable(offset, length);
  }

  private boolean mergeable(long offset, long length) {
    return ((offset | length) & (BlockDevice.SECTOR_BYTES - 1)) == 0 && length >= unitBytes() / 8;
  }

  private long units(long sectors) {
    return (sectors + unitSectors - 1) / unitSectors;
  }

  private static long rest(long window) {
    return window >>> REST_SHIFT & REST_MASK;
  }

  private static long sectorsIn(long length) {
    return (length + BlockDevice.SECTOR_BYTES - 1) / BlockDevice.SECTOR_BYTES;
  }
}
