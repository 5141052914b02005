package dev.quarry.volume;

import dev.quarry.block.Extent;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import dev.quarry.disk.DiskFile;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.StampedLock;

/// The chunks of a volume: their data, their marks and their locks, which this class keeps in step.
///
/// **Locks.** Each chunk has a stripe, shared by reads of the chunk and held alone by a change of
/// it (or, to clear, several stripes in ascending order). It is what makes aligned writes whole
/// towards readers. Reads try without the lock first and check afterwards that no change came
/// between. Nobody sleeps or uses a network with a stripe held.
///
/// **Order of a change: keep what a view needs, mark, then data, then here.** A crash of the
/// process between mark and data leaves a chunk that counts as changed and is not: harmless. The
/// other way round a snapshot would miss a change. What a power loss may do to marks, and why no
/// flush has to force them, is told in [ChunkTable]; what `here` is, in [ColdChunks].
///
/// Callers pass ranges that lie in the volume, and in one chunk unless said otherwise; they have
/// made sure that nobody freezes and that the region is armed while they change something.
final class Chunks {
  private static final int STRIPES = 1024;

  /// How often a read is tried without the lock before it waits for it.
  private static final int OPTIMISTIC_READS = 3;

  private final DiskFile data;
  private final StampedLock[] stripes = new StampedLock[STRIPES];
  private final CopyOnWriteArrayList<OpenView> views = new CopyOnWriteArrayList<>();

  /// Whether a chunk that never changed is a hole: not in a volume that was made from a snapshot.
  private final boolean startedEmpty;

  /// What is not on the local disk yet; nothing once all is, or from the start. Only ever emptied.
  private volatile Optional<ColdChunks> cold;

  private volatile ChunkTable table; // replaced when the volume grows and nobody uses it

  Chunks(DiskFile data, ChunkTable table, Origin origin) {
    this.data = data;
    this.table = table;
    this.startedEmpty = origin instanceof Origin.Empty;
    this.cold =
        switch (origin) {
          case Origin.Empty _, Origin.Hydrated _ -> Optional.empty();
          case Origin.Cold(ChunkSource source) ->
              Optional.of(new ColdChunks(source, data, this::table, this::alone));
        };
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new StampedLock();
    }
  }

  ChunkTable table() {
    return table;
  }

  void useTable(ChunkTable larger) {
    table = larger;
  }

  CopyOnWriteArrayList<OpenView> views() {
    return views;
  }

  Optional<ColdChunks> cold() {
    return cold;
  }

  /// Says that nothing is left to fetch.
  void warm() {
    cold = Optional.empty();
  }

  /// Reads, fetching from the source what is not here.
  void read(long offset, MemorySegment into, long at, int length) throws VolumeException {
    long chunk = ChunkLayout.chunkOf(offset);
    while (missing(chunk, offset, length)) {
      cold.orElseThrow().fetch(chunk);
    }
    StampedLock lock = lockOf(chunk);
    for (int i = 0; i < OPTIMISTIC_READS; i++) {
      long stamp = lock.tryOptimisticRead();
      if (stamp == 0) {
        break;
      }
      readData(chunk, offset, into, at, length);
      if (lock.validate(stamp)) {
        return;
      }
    }
    long stamp = lock.readLock();
    try {
      readData(chunk, offset, into, at, length);
    } finally {
      lock.unlockRead(stamp);
    }
  }

  /// Reads if that needs no waiting, for a lock, a disk or a source.
  boolean tryRead(long offset, MemorySegment into, long at, int length) throws VolumeException {
    long chunk = ChunkLayout.chunkOf(offset);
    if (missing(chunk, offset, length)) {
      return false;
    }
    StampedLock lock = lockOf(chunk);
    for (int i = 0; i < OPTIMISTIC_READS; i++) {
      long stamp = lock.tryOptimisticRead();
      if (stamp == 0 || !tryReadData(chunk, offset, into, at, length)) {
        return false;
      }
      if (lock.validate(stamp)) {
        return true;
      }
    }
    return false;
  }

  /// Runs a read of a chunk that no change may come between; more than once, if one did. As a rule
  /// it holds no lock meanwhile: who makes snapshots is the last to get a processor, and a guest
  /// that waited for a stripe of his would wait as long.
  void readSteadily(long chunk, OpenView.SteadyRead read) throws VolumeException {
    StampedLock lock = lockOf(chunk);
    for (int i = 0; i < OPTIMISTIC_READS; i++) {
      long stamp = lock.tryOptimisticRead();
      if (stamp == 0) {
        break;
      }
      read.run();
      if (lock.validate(stamp)) {
        return;
      }
    }
    readLocked(chunk, read);
  }

  /// Runs a read of a chunk once, with the lock that keeps changes away.
  void readLocked(long chunk, OpenView.SteadyRead read) throws VolumeException {
    StampedLock lock = lockOf(chunk);
    long stamp = lock.readLock();
    try {
      read.run();
    } finally {
      lock.unlockRead(stamp);
    }
  }

  /// Writes. The edges are here.
  void write(long offset, MemorySegment from, long at, int length) throws VolumeException {
    StampedLock lock = lockOf(ChunkLayout.chunkOf(offset));
    long stamp = lock.writeLock();
    try {
      writeData(offset, from, at, length);
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  /// Writes unless it has to wait for a lock or a source.
  boolean tryWrite(long offset, MemorySegment from, long at, int length) throws VolumeException {
    if (edgesMissing(offset, length)) {
      return false;
    }
    StampedLock lock = lockOf(ChunkLayout.chunkOf(offset));
    long stamp = lock.tryWriteLock();
    if (stamp == 0) {
      return false;
    }
    try {
      writeData(offset, from, at, length);
      return true;
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  /// Makes a range read as zeros. It may span chunks whose stripes ascend. The edges are here.
  void clear(long offset, long length, ZeroMode mode) throws VolumeException {
    long first = ChunkLayout.chunkOf(offset);
    long last = ChunkLayout.chunkOf(offset + length - 1);
    long[] stamps = new long[(int) (last - first + 1)];
    for (int i = 0; i < stamps.length; i++) {
      stamps[i] = lockOf(first + i).writeLock();
    }
    try {
      for (long chunk = first; chunk <= last; chunk++) {
        BlockMask blocks = blocksOf(chunk, offset, length);
        prepareChange(chunk, blocks);
        // What was allocated may be given back now; markAllocated says otherwise afterwards.
        table.setAllocated(chunk, table.allocated(chunk).without(blocks));
      }
      clearData(offset, length, mode);
      for (long chunk = first; chunk <= last; chunk++) {
        if (mode == ZeroMode.ALLOCATE) {
          markAllocated(chunk, offset, length);
        }
        markHere(chunk, blocksOf(chunk, offset, length));
      }
    } finally {
      for (int i = stamps.length - 1; i >= 0; i--) {
        lockOf(first + i).unlockWrite(stamps[i]);
      }
    }
  }

  /// Whether a range, of any chunks, never held anything: it reads as zeros and has no space.
  boolean isHole(long offset, long length) {
    long last = ChunkLayout.chunkOf(offset + length - 1);
    for (long chunk = ChunkLayout.chunkOf(offset); chunk <= last; chunk++) {
      if (!startedEmpty || table.epoch(chunk) != 0) {
        return false;
      }
    }
    return true;
  }

  /// Whether to clear a range, of any chunks, takes no copying, no fetching and no writing of
  /// zeros.
  boolean clearsFast(long offset, long length) {
    return views.isEmpty() && !edgesMissing(offset, length) && data.clearsFast();
  }

  List<Extent> extents(long offset, long length, int limit) throws VolumeException {
    return new ExtentScan(data, table, cold, limit).scan(offset, length);
  }

  void prefetch(long offset, long length) throws VolumeException {
    data.prefetch(offset, length);
    if (cold.isPresent()) {
      cold.get().prefetch(ChunkLayout.chunkOf(offset), ChunkLayout.chunkOf(offset + length - 1));
    }
  }

  /// Makes all data durable, and settles what came from the source.
  void force() throws VolumeException {
    Optional<ColdChunks> source = cold;
    if (source.isPresent()) {
      source.get().forceAndSettle();
    } else {
      data.force();
    }
  }

  /// Brings here the blocks that a change covers in part only. Blocks that it covers wholly need
  /// nothing, so that cold writes of whole blocks do not wait.
  void fetchEdges(long offset, long length) throws VolumeException {
    while (edgesMissing(offset, length)) {
      long edge = missing(ChunkLayout.chunkOf(offset), offset, 1) ? offset : offset + length - 1;
      cold.orElseThrow().fetch(ChunkLayout.chunkOf(edge));
    }
  }

  private boolean edgesMissing(long offset, long length) {
    if (cold.isEmpty()) {
      return false;
    }
    long end = offset + length;
    boolean cutsFirst = offset % ChunkLayout.BLOCK_BYTES != 0;
    boolean cutsLast = end % ChunkLayout.BLOCK_BYTES != 0;
    return (cutsFirst && missing(ChunkLayout.chunkOf(offset), offset, 1))
        || (cutsLast && missing(ChunkLayout.chunkOf(end - 1), end - 1, 1));
  }

  private boolean missing(long chunk, long offset, int length) {
    Optional<ColdChunks> source = cold;
    return source.isPresent()
        && source
            .get()
            .missing(chunk, ChunkLayout.firstBlock(offset), ChunkLayout.lastBlock(offset, length));
  }

  private void readData(long chunk, long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    if (startedEmpty && table.epoch(chunk) == 0) {
      into.asSlice(at, length).fill((byte) 0);
    } else {
      data.read(offset, into, at, length);
    }
  }

  private boolean tryReadData(long chunk, long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    if (startedEmpty && table.epoch(chunk) == 0) {
      into.asSlice(at, length).fill((byte) 0);
      return true;
    }
    return data.tryRead(offset, into, at, length);
  }

  private void writeData(long offset, MemorySegment from, long at, int length)
      throws VolumeException {
    long chunk = ChunkLayout.chunkOf(offset);
    BlockMask blocks =
        BlockMask.range(ChunkLayout.firstBlock(offset), ChunkLayout.lastBlock(offset, length));
    prepareChange(chunk, blocks);
    data.write(offset, from, at, length);
    markHere(chunk, blocks);
  }

  private void clearData(long offset, long length, ZeroMode mode) throws VolumeException {
    switch (mode) {
      case PUNCH -> data.punch(offset, length);
      case ALLOCATE -> data.zero(offset, length);
    }
  }

  /// Keeps what views need of a run of blocks, and marks it.
  private void prepareChange(long chunk, BlockMask blocks) {
    if (!views.isEmpty()) {
      for (OpenView view : views) {
        view.preserve(chunk, blocks);
      }
    }
    table.mark(chunk, blocks);
  }

  private void markHere(long chunk, BlockMask blocks) {
    if (cold.isPresent()) {
      cold.get().wrote(chunk, blocks);
    }
  }

  /// Remembers the blocks of a chunk that lie wholly inside the range as allocated.
  private void markAllocated(long chunk, long offset, long length) {
    long start = ChunkLayout.chunkStart(chunk);
    long from = Math.max(offset - start, 0) + ChunkLayout.BLOCK_BYTES - 1;
    long to = Math.min(offset + length - start, ChunkLayout.CHUNK_BYTES);
    int firstBlock = (int) (from / ChunkLayout.BLOCK_BYTES);
    int endBlock = (int) (to / ChunkLayout.BLOCK_BYTES);
    if (firstBlock < endBlock) {
      BlockMask blocks = BlockMask.range(firstBlock, endBlock - 1);
      table.setAllocated(chunk, table.allocated(chunk).or(blocks));
    }
  }

  /// Runs a change of a chunk's data that is no change of the volume: what comes from the source.
  private void alone(long chunk, ColdChunks.Change change) throws VolumeException {
    StampedLock lock = lockOf(chunk);
    long stamp = lock.writeLock();
    try {
      change.run();
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  /// The blocks of a chunk that a range touches.
  private static BlockMask blocksOf(long chunk, long offset, long length) {
    long from = Math.max(offset, ChunkLayout.chunkStart(chunk));
    long to = Math.min(offset + length, ChunkLayout.chunkStart(chunk + 1));
    return BlockMask.range(ChunkLayout.firstBlock(from), ChunkLayout.lastBlock(from, to - from));
  }

  private StampedLock lockOf(long chunk) {
    return stripes[(int) (chunk % STRIPES)];
  }
}
