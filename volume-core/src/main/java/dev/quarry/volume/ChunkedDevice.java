package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.Extent;
import dev.quarry.block.Requests;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import dev.quarry.disk.Disk;
import dev.quarry.disk.DiskFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.StampedLock;

/// A volume in a sparse file, which remembers when each chunk changed.
///
/// **Locks**, in the order in which they are taken:
///
/// 1. `requests`, a gate that every request passes; shut to grow or to close.
/// 2. `changes`, a gate that every change passes; shut for the instant of a freeze.
/// 3. one stripe of `chunks` (or, to zero or trim, several in ascending order): shared by reads of
///    the chunk, held alone by a change of it. It is what makes aligned writes whole towards
///    readers, and what keeps a chunk's marks, old blocks and data in step.
///
/// Nobody sleeps or uses a network with any of them held.
///
/// **Order of a change: keep what a view needs, mark, then data.** A crash of the process between
/// mark and data leaves a chunk that counts as changed and is not: harmless. The other way round a
/// snapshot would miss a change. What a power loss may do to marks, and why no flush has to force
/// them, is told in [ChunkTable].
///
/// **Flush.** Writes go to the page cache; [GroupForce] makes them durable. Once a force failed the
/// volume refuses changes for good.
public final class ChunkedDevice implements BlockDevice {
  static final String DATA_FILE = "data";
  private static final String ASIDE_PREFIX = "frozen-";

  private static final int STRIPES = 1024;

  /// How often a read is tried without the lock before it waits for it.
  private static final int OPTIMISTIC_READS = 3;

  /// Zeroing and trimming take this many chunks, 32 MiB, at a time: a divisor of [#STRIPES], so
  /// that an aligned run of them has ascending stripes.
  private static final int CHUNKS_PER_CLEAR = 64;

  private final Disk folder;
  private final DiskFile data;
  private final GroupForce force;
  private final Gate requests = new Gate();
  private final Gate changes = new Gate();
  private final StampedLock[] chunks = new StampedLock[STRIPES];
  private final CopyOnWriteArrayList<OpenView> views = new CopyOnWriteArrayList<>();
  private final OpenView.Owner viewOwner = new ViewOwner();
  private final ReentrantLock freezing = new ReentrantLock(); // one freeze at a time

  private volatile ChunkTable table; // replaced, with `requests` shut, when the volume grows
  private volatile long sizeBytes; // grows, with `requests` shut
  private volatile boolean closed; // set with `requests` shut

  private ChunkedDevice(Disk folder, DiskFile data, ChunkTable table, long sizeBytes) {
    this.folder = folder;
    this.data = data;
    this.table = table;
    this.sizeBytes = sizeBytes;
    this.force = new GroupForce(data::force);
    for (int i = 0; i < STRIPES; i++) {
      chunks[i] = new StampedLock();
    }
  }

  /// Opens a volume's files, making them, sparsely, if they are not there.
  ///
  /// @param machineCrashed whether the machine went down while the volume was open, so that its
  ///   marks cannot be trusted
  static ChunkedDevice open(Disk folder, long sizeBytes, boolean machineCrashed)
      throws IOException {
    for (String name : folder.files()) {
      if (name.startsWith(ASIDE_PREFIX)) {
        folder.delete(name); // of a view that ended with its process
      }
    }
    DiskFile data = folder.open(DATA_FILE);
    try {
      if (data.sizeBytes() < sizeBytes) {
        data.resize(sizeBytes);
      }
      ChunkTable table = ChunkTable.open(folder, sizeBytes);
      try {
        if (machineCrashed) {
          table.recover(sizeBytes);
        }
        return new ChunkedDevice(folder, data, table, sizeBytes);
      } catch (IOException | RuntimeException e) {
        table.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      data.close();
      throw e;
    }
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void read(long offset, MemorySegment into, long at, int length) throws VolumeException {
    requests.enter();
    try {
      checkOpen();
      Requests.checkRead(offset, length, sizeBytes);
      for (int done = 0; done < length; ) {
        int step = ChunkLayout.lengthInChunk(offset + done, length - done);
        readInChunk(offset + done, into, at + done, step);
        done += step;
      }
    } finally {
      requests.leave();
    }
  }

  @Override
  public boolean tryRead(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    if (!requests.tryEnter()) {
      return false;
    }
    try {
      checkOpen();
      Requests.checkRead(offset, length, sizeBytes);
      for (int done = 0; done < length; ) {
        int step = ChunkLayout.lengthInChunk(offset + done, length - done);
        if (!tryReadInChunk(offset + done, into, at + done, step)) {
          return false;
        }
        done += step;
      }
      return true;
    } finally {
      requests.leave();
    }
  }

  @Override
  public void write(long offset, MemorySegment from, long at, int length, Durability durability)
      throws VolumeException {
    requests.enter();
    try {
      checkChange(offset, length);
      for (int done = 0; done < length; ) {
        int step = ChunkLayout.lengthInChunk(offset + done, length - done);
        enterChanges(offset + done);
        try {
          writeInChunk(offset + done, from, at + done, step);
        } finally {
          changes.leave();
        }
        done += step;
      }
      forceIfAsked(durability);
    } finally {
      requests.leave();
    }
  }

  @Override
  public boolean tryWrite(long offset, MemorySegment from, long at, int length)
      throws VolumeException {
    if (!requests.tryEnter()) {
      return false;
    }
    try {
      checkChange(offset, length);
      if (ChunkLayout.lengthInChunk(offset, length) < length) {
        return false; // "nothing was written" could not be kept if the second chunk had to wait
      }
      return length == 0 || tryWriteInChunk(offset, from, at, length);
    } finally {
      requests.leave();
    }
  }

  @Override
  public void zero(long offset, long length, ZeroMode mode, Durability durability)
      throws VolumeException {
    clear(offset, length, mode, durability);
  }

  @Override
  public void trim(long offset, long length, Durability durability) throws VolumeException {
    clear(offset, length, ZeroMode.PUNCH, durability);
  }

  @Override
  public void flush() throws VolumeException {
    requests.enter();
    try {
      checkOpen();
      force.force();
    } finally {
      requests.leave();
    }
  }

  @Override
  public List<Extent> extents(long offset, long length, int limit) throws VolumeException {
    requests.enter();
    try {
      checkOpen();
      Requests.checkRead(offset, length, sizeBytes);
      return new ExtentScan(data, table, limit).scan(offset, length);
    } finally {
      requests.leave();
    }
  }

  @Override
  public void prefetch(long offset, long length) throws VolumeException {
    requests.enter();
    try {
      checkOpen();
      Requests.checkRead(offset, length, sizeBytes);
      data.prefetch(offset, length);
    } finally {
      requests.leave();
    }
  }

  /// Ends the current epoch and opens a view of the volume as it is now. Takes as long as the
  /// changes in flight do, whatever the volume's size.
  ///
  /// @param parentEpoch the epoch up to which the reader has everything, 0 for nothing
  FrozenView freeze(long parentEpoch) throws IOException {
    requests.enter();
    freezing.lock();
    try {
      checkOpen();
      if (parentEpoch < 0 || parentEpoch >= table.current()) {
        throw new IllegalArgumentException(
            "parent must be an epoch that ended parent=%d current=%d"
                .formatted(parentEpoch, table.current()));
      }
      // The file is made before the gate is shut: the guest waits for nothing but itself.
      String name = ASIDE_PREFIX + table.current();
      DiskFile aside = folder.open(name);
      aside.resize(sizeBytes);
      changes.shut();
      try {
        long epoch = table.step();
        OpenView view =
            new OpenView(viewOwner, table, data, name, aside, parentEpoch, epoch, sizeBytes);
        views.add(view);
        return view;
      } finally {
        changes.open();
      }
    } finally {
      freezing.unlock();
      requests.leave();
    }
  }

  /// Grows the volume; the new part reads as zeros. Requests wait meanwhile, for milliseconds.
  void grow(long newSizeBytes) throws IOException {
    if (newSizeBytes < sizeBytes) {
      throw new IllegalArgumentException(
          "a volume does not shrink size=" + sizeBytes + " new=" + newSizeBytes);
    }
    requests.shut();
    try {
      checkOpen();
      if (!views.isEmpty()) {
        throw new VolumeException.Unavailable(
            "the volume cannot grow while a snapshot of it is being read", null);
      }
      data.resize(newSizeBytes);
      ChunkTable old = table;
      table = ChunkTable.open(folder, newSizeBytes);
      sizeBytes = newSizeBytes;
      old.close();
    } finally {
      requests.open();
    }
  }

  /// The marks of this volume, for tests and for snapshots.
  ChunkTable table() {
    return table;
  }

  /// Whether a force failed: changes are refused for good, and what was not forced may be lost.
  boolean failed() {
    return force.failed();
  }

  /// Closes the files after the requests in flight, with data and marks durable: from then on the
  /// volume can be opened as one whose machine did not crash, whatever happens to the machine.
  void closeDurably() throws VolumeException {
    requests.shut();
    try {
      if (!closed) {
        force.force();
        table.force();
      }
    } finally {
      requests.open();
      close();
    }
  }

  /// Closes the files after the requests in flight. Does not flush.
  @Override
  public void close() throws VolumeException {
    requests.shut();
    try {
      if (closed) {
        return;
      }
      closed = true;
      for (OpenView view : views) {
        view.close();
      }
      try (ChunkTable _ = table;
          DiskFile _ = data) {
        views.clear();
      }
    } finally {
      requests.open();
    }
  }

  @Override
  public String toString() {
    return "ChunkedDevice(" + data + ")";
  }

  private void readInChunk(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    long chunk = ChunkLayout.chunkOf(offset);
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

  private boolean tryReadInChunk(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    long chunk = ChunkLayout.chunkOf(offset);
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

  private void readData(long chunk, long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    if (table.epoch(chunk) == 0) {
      into.asSlice(at, length).fill((byte) 0);
    } else {
      data.read(offset, into, at, length);
    }
  }

  private boolean tryReadData(long chunk, long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    if (table.epoch(chunk) == 0) {
      into.asSlice(at, length).fill((byte) 0);
      return true;
    }
    return data.tryRead(offset, into, at, length);
  }

  /// Passes the gate of changes with the region of `offset` ready to be marked.
  private void enterChanges(long offset) throws VolumeException {
    long region = offset / ChunkLayout.REGION_BYTES;
    while (true) {
      changes.enter();
      if (table.armed(region)) {
        return;
      }
      changes.leave(); // a freeze need not wait for the disk
      table.arm(region);
    }
  }

  private void writeInChunk(long offset, MemorySegment from, long at, int length)
      throws VolumeException {
    long chunk = ChunkLayout.chunkOf(offset);
    StampedLock lock = lockOf(chunk);
    long stamp = lock.writeLock();
    try {
      writeData(chunk, offset, from, at, length);
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  private boolean tryWriteInChunk(long offset, MemorySegment from, long at, int length)
      throws VolumeException {
    if (!changes.tryEnter()) {
      return false;
    }
    try {
      long chunk = ChunkLayout.chunkOf(offset);
      if (!table.armed(ChunkLayout.regionOf(chunk))) {
        return false;
      }
      StampedLock lock = lockOf(chunk);
      long stamp = lock.tryWriteLock();
      if (stamp == 0) {
        return false;
      }
      try {
        writeData(chunk, offset, from, at, length);
        return true;
      } finally {
        lock.unlockWrite(stamp);
      }
    } finally {
      changes.leave();
    }
  }

  /// Keep, mark, data. The chunk's lock is held.
  private void writeData(long chunk, long offset, MemorySegment from, long at, int length)
      throws VolumeException {
    int first = ChunkLayout.firstBlock(offset);
    int last = ChunkLayout.lastBlock(offset, length);
    prepareChange(chunk, first, last);
    data.write(offset, from, at, length);
  }

  private void prepareChange(long chunk, int firstBlock, int lastBlock) {
    if (!views.isEmpty()) {
      for (OpenView view : views) {
        view.preserve(chunk, firstBlock, lastBlock);
      }
    }
    table.mark(chunk, BlockMask.range(firstBlock, lastBlock));
  }

  private void clear(long offset, long length, ZeroMode mode, Durability durability)
      throws VolumeException {
    requests.enter();
    try {
      checkChange(offset, length);
      long group = (long) ChunkLayout.CHUNK_BYTES * CHUNKS_PER_CLEAR;
      for (long done = 0; done < length; ) {
        long from = offset + done;
        long step = Math.min(length - done, group - from % group);
        if (mode == ZeroMode.ALLOCATE || !isHole(from, step)) {
          enterChanges(from);
          try {
            clearGroup(from, step, mode);
          } finally {
            changes.leave();
          }
        }
        done += step;
      }
      forceIfAsked(durability);
    } finally {
      requests.leave();
    }
  }

  /// Whether a range lies in chunks that never changed: it reads as zeros and holds no space.
  private boolean isHole(long offset, long length) {
    long last = ChunkLayout.chunkOf(offset + length - 1);
    for (long chunk = ChunkLayout.chunkOf(offset); chunk <= last; chunk++) {
      if (table.epoch(chunk) != 0) {
        return false;
      }
    }
    return true;
  }

  /// Clears a range inside one aligned group of chunks, with all their locks held.
  private void clearGroup(long offset, long length, ZeroMode mode) throws VolumeException {
    long first = ChunkLayout.chunkOf(offset);
    long last = ChunkLayout.chunkOf(offset + length - 1);
    long[] stamps = new long[(int) (last - first + 1)];
    for (int i = 0; i < stamps.length; i++) {
      stamps[i] = lockOf(first + i).writeLock();
    }
    try {
      for (long chunk = first; chunk <= last; chunk++) {
        prepareClear(chunk, offset, length);
      }
      if (mode == ZeroMode.PUNCH) {
        data.punch(offset, length);
      } else {
        data.zero(offset, length);
        markAllocated(first, last, offset, length);
      }
    } finally {
      for (int i = stamps.length - 1; i >= 0; i--) {
        lockOf(first + i).unlockWrite(stamps[i]);
      }
    }
  }

  private void prepareClear(long chunk, long offset, long length) {
    long from = Math.max(offset, ChunkLayout.chunkStart(chunk));
    long to = Math.min(offset + length, ChunkLayout.chunkStart(chunk + 1));
    BlockMask blocks =
        BlockMask.range(ChunkLayout.firstBlock(from), ChunkLayout.lastBlock(from, to - from));
    prepareChange(chunk, blocks.next(0), ChunkLayout.lastBlock(from, to - from));
    // What was allocated may be given back now; markAllocated says otherwise afterwards.
    table.setAllocated(chunk, table.allocated(chunk).without(blocks));
  }

  /// Remembers the blocks that lie wholly inside the range as allocated.
  private void markAllocated(long first, long last, long offset, long length) {
    for (long chunk = first; chunk <= last; chunk++) {
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
  }

  private void forceIfAsked(Durability durability) throws VolumeException {
    if (durability == Durability.FORCED) {
      force.force();
    }
  }

  private void checkChange(long offset, long length) throws VolumeException {
    checkOpen();
    Requests.checkWrite(offset, length, sizeBytes);
    force.throwIfFailed();
  }

  private void checkOpen() throws VolumeException {
    if (closed) {
      throw new VolumeException.Detached("volume is closed file=" + data);
    }
  }

  private StampedLock lockOf(long chunk) {
    return chunks[(int) (chunk % STRIPES)];
  }

  private final class ViewOwner implements OpenView.Owner {
    @Override
    public int readSteadily(long chunk, OpenView.SteadyRead read) throws VolumeException {
      requests.enter();
      try {
        checkOpen();
        StampedLock lock = lockOf(chunk);
        long stamp = lock.readLock();
        try {
          return read.run();
        } finally {
          lock.unlockRead(stamp);
        }
      } finally {
        requests.leave();
      }
    }

    @Override
    public void closed(OpenView view) throws VolumeException {
      views.remove(view);
      // A change that saw the view in the list may still be using its file.
      changes.shut();
      changes.open();
      view.aside().close();
      try {
        folder.delete(view.asideName());
      } catch (IOException e) {
        throw new VolumeException.Unavailable(
            "cannot delete what a view kept file=" + view.asideName(), e);
      }
    }
  }
}
