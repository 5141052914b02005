package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.Extent;
import dev.quarry.block.Requests;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import dev.quarry.disk.Disk;
import dev.quarry.disk.DiskFile;
import dev.quarry.disk.SpannedFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A volume in a sparse file, which remembers when each chunk changed.
///
/// This class checks requests, splits them into chunks, and owns the life cycle; what happens
/// inside a chunk is told in [Chunks].
///
/// **Locks**, in the order in which they are taken:
///
/// 1. `requests`, a gate that every request passes; shut to grow or to close.
/// 2. `changes`, a gate that every change passes; shut for the instant of a freeze. Nobody inside
///    it waits for a store.
/// 3. the stripes of [Chunks].
///
/// **Flush.** Writes go to the page cache; [GroupForce] makes them durable. Once a force failed the
/// volume refuses changes for good.
final class ChunkedDevice implements BlockDevice {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkedDevice.class);

  static final String DATA_FILE = "data";
  private static final String ASIDE_PREFIX = "frozen-";

  /// The parent epoch of a reader that has nothing.
  static final long NOTHING = -1;

  /// Zeroing and trimming take 32 MiB, 64 chunks, at a time: a divisor of the number of stripes and
  /// of a region's chunks, so that an aligned run of them has ascending stripes and lies in one
  /// region.
  private static final long CLEAR_BYTES = 64L * ChunkLayout.CHUNK_BYTES;

  private final Disk folder;
  private final DiskFile data;
  private final Chunks chunks;
  private final GroupForce force;
  private final Gate requests = new Gate();
  private final Gate changes = new Gate();
  private final ReentrantLock freezing = new ReentrantLock(); // one freeze at a time
  private final OpenView.Owner viewOwner = new ViewOwner();

  private volatile long sizeBytes; // grows, with `requests` shut
  private volatile boolean closed; // set with `requests` shut

  private ChunkedDevice(Disk folder, DiskFile data, Chunks chunks, long sizeBytes) {
    this.folder = folder;
    this.data = data;
    this.chunks = chunks;
    this.sizeBytes = sizeBytes;
    this.force = new GroupForce(chunks::force);
  }

  /// Opens a volume's files, making them, sparsely, if they are not there.
  ///
  /// @param origin what the volume began as
  /// @param machineCrashed whether the machine went down while the volume was open, so that its
  ///   marks cannot be trusted
  static ChunkedDevice open(Disk folder, long sizeBytes, Origin origin, boolean machineCrashed)
      throws IOException {
    for (String name : folder.files()) {
      if (name.startsWith(ASIDE_PREFIX)) {
        folder.delete(name); // of a view that ended with its process
      }
    }
    DiskFile data = SpannedFile.open(folder, DATA_FILE);
    try {
      if (data.sizeBytes() < sizeBytes) {
        data.resize(sizeBytes);
      }
      ChunkTable table = ChunkTable.open(folder, sizeBytes);
      try {
        if (machineCrashed) {
          table.recover(sizeBytes);
        }
        Chunks chunks = new Chunks(data, table, origin);
        chunks.cold().ifPresent(cold -> cold.findUnsettled(sizeBytes));
        return new ChunkedDevice(folder, data, chunks, sizeBytes);
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
        chunks.read(offset + done, into, at + done, step);
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
        if (!chunks.tryRead(offset + done, into, at + done, step)) {
          return false;
        }
        done += step;
      }
      return true;
    } finally {
      requests.leave();
    }
  }

  /// Chunks that never changed are known to be holes by their marks; holes inside others are only
  /// known to the file system, which may have to wait.
  @Override
  public boolean tryReadHole(long offset, long length) throws VolumeException {
    if (!requests.tryEnter()) {
      return false;
    }
    try {
      checkOpen();
      Requests.checkRead(offset, length, sizeBytes);
      return length > 0 && chunks.isHole(offset, length);
    } finally {
      requests.leave();
    }
  }

  /// The file system clears by its metadata, unless it cannot; a view would have to keep what was
  /// there, and blocks that are cleared in part may have to be fetched.
  @Override
  public boolean zeroesFast(long offset, long length, ZeroMode mode) {
    if (!requests.tryEnter()) {
      return false;
    }
    try {
      return !closed && (length == 0 || chunks.clearsFast(offset, length));
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
        enterChanges(offset + done, step);
        try {
          chunks.write(offset + done, from, at + done, step);
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
      return length == 0 || tryChange(offset, from, at, length);
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
      return chunks.extents(offset, length, limit);
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
      if (length > 0) {
        chunks.prefetch(offset, length);
      }
    } finally {
      requests.leave();
    }
  }

  /// Ends the current epoch and opens a view of the volume as it is now. Takes as long as the
  /// changes in flight do, whatever the volume's size.
  ///
  /// @param parentEpoch the epoch up to which the reader has everything: 0 for what the volume was
  ///   made from, [#NOTHING] for not even that
  FrozenView freeze(long parentEpoch) throws IOException {
    return freezeTogether(List.of(new FreezeRequest(this, parentEpoch))).getFirst();
  }

  /// A device to freeze, and the epoch up to which the reader has everything.
  record FreezeRequest(ChunkedDevice device, long parentEpoch) {}

  /// Freezes several devices at one instant: no change to any of them lies between. Callers who may
  /// name the same devices name them in the same order.
  static List<FrozenView> freezeTogether(List<FreezeRequest> requests) throws IOException {
    List<Freeze> freezes = new ArrayList<>();
    try {
      for (FreezeRequest request : requests) {
        freezes.add(request.device().new Freeze(request.parentEpoch()));
      }
      freezes.forEach(Freeze::shut);
      return freezes.stream().map(Freeze::step).toList();
    } finally {
      freezes.reversed().forEach(Freeze::end);
    }
  }

  /// Says that a snapshot with everything up to `epoch` is committed. Order: **data, marks, base.**
  /// A view shows changes that no flush has made durable; a chunk that a power loss took back must
  /// not count as unchanged since the snapshot.
  void rebase(long epoch) throws VolumeException {
    requests.enter();
    try {
      checkOpen();
      force.force();
      force.alike(() -> chunks.table().rebase(epoch));
    } finally {
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
      if (!chunks.views().isEmpty()) {
        throw new VolumeException.Unavailable(
            "the volume cannot grow while a snapshot of it is being read", null);
      }
      data.resize(newSizeBytes);
      ChunkTable old = chunks.table();
      chunks.useTable(ChunkTable.open(folder, newSizeBytes));
      sizeBytes = newSizeBytes;
      old.close();
    } finally {
      requests.open();
    }
  }

  /// What of a range changed since the base: [MarkRun#CHANGED] and [MarkRun#IN_DOUBT].
  ///
  /// @param limit the most runs to return, at least 1; the answer may end before the range does
  List<MarkRun> changed(long offset, long length, int limit) throws VolumeException {
    requests.enter();
    try {
      checkOpen();
      Requests.checkRead(offset, length, sizeBytes);
      return new MarkScan(chunks.table(), limit).changed(offset, length);
    } finally {
      requests.leave();
    }
  }

  /// What of a range is in the store only: [MarkRun#REMOTE].
  ///
  /// @param limit the most runs to return, at least 1; the answer may end before the range does
  List<MarkRun> residency(long offset, long length, int limit) throws VolumeException {
    requests.enter();
    try {
      checkOpen();
      Requests.checkRead(offset, length, sizeBytes);
      return new MarkScan(chunks.table(), limit).residency(offset, length, chunks.cold());
    } finally {
      requests.leave();
    }
  }

  /// Whether all of a chunk is on the local disk; of a closed volume none is.
  boolean isHere(long chunk) {
    return hereChunks(chunk, chunk + 1) == 1;
  }

  /// How many of the first chunks are on the local disk; none once the volume is closed.
  long hereChunks(long chunkCount) {
    long here = 0;
    for (long first = 0; first < chunkCount; first += ChunkLayout.CHUNKS_PER_REGION) {
      here += hereChunks(first, Math.min(chunkCount, first + ChunkLayout.CHUNKS_PER_REGION));
    }
    return here;
  }

  private long hereChunks(long first, long end) {
    requests.enter(); // the table stays; for a region at a time, since growing waits for us
    try {
      if (closed) {
        return 0;
      }
      Optional<ColdChunks> cold = chunks.cold();
      return cold.isPresent() ? cold.get().hereChunks(first, end) : end - first;
    } finally {
      requests.leave();
    }
  }

  /// Brings a chunk to the local disk if it is not there. What is brought is durable after the next
  /// flush.
  ///
  /// @return whether it had to be fetched
  boolean hydrate(long chunk) throws VolumeException {
    requests.enter();
    try {
      checkOpen();
      Optional<ColdChunks> cold = chunks.cold();
      if (cold.isEmpty() || cold.get().here(chunk).equals(BlockMask.ALL)) {
        return false;
      }
      cold.get().fetch(chunk);
      return true;
    } finally {
      requests.leave();
    }
  }

  /// Flushes, and lets the source go if nothing is left to fetch.
  ///
  /// @return whether the volume is wholly and durably on the local disk
  boolean finishHydration() throws VolumeException {
    flush();
    for (long chunk = 0; chunk < ChunkLayout.chunkCount(sizeBytes); chunk++) {
      if (chunks.cold().isPresent() && !chunks.table().settled(chunk).equals(BlockMask.ALL)) {
        return false;
      }
    }
    requests.shut();
    try {
      checkOpen();
      if (!chunks.views().isEmpty()) {
        return false; // a view may need blocks as they were before the guest wrote over them
      }
      if (chunks.cold().isPresent()) {
        ColdChunks done = chunks.cold().get();
        chunks.warm();
        done.close();
      }
      return true;
    } finally {
      requests.open();
    }
  }

  /// The marks of this volume.
  ChunkTable table() {
    return chunks.table();
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
        force.alike(chunks.table()::force);
      }
    } finally {
      closeFiles(); // with the gate still shut: no request comes between the force and this
      requests.open();
    }
  }

  /// Closes the files after the requests in flight. Does not flush.
  @Override
  public void close() throws VolumeException {
    requests.shut();
    try {
      closeFiles();
    } finally {
      requests.open();
    }
  }

  private void closeFiles() throws VolumeException {
    if (closed) {
      return;
    }
    closed = true;
    try (ChunkTable _ = chunks.table();
        DiskFile _ = data) {
      for (OpenView view : chunks.views()) {
        view.close();
      }
      if (chunks.cold().isPresent()) {
        chunks.cold().get().close();
      }
    }
  }

  @Override
  public String toString() {
    return "ChunkedDevice(" + data + ")";
  }

  /// Passes the gate of changes, with what a change inside a region needs made ready before: the
  /// edges are here and the region is armed.
  private void enterChanges(long offset, long length) throws VolumeException {
    chunks.fetchEdges(offset, length);
    long region = offset / ChunkLayout.REGION_BYTES;
    while (true) {
      changes.enter();
      boolean armed = false;
      try {
        armed = chunks.table().armed(region);
      } finally {
        if (!armed) {
          changes.leave(); // a freeze need not wait for the disk, nor for what failed here
        }
      }
      if (armed) {
        return;
      }
      force.alike(() -> chunks.table().arm(region));
    }
  }

  private boolean tryChange(long offset, MemorySegment from, long at, int length)
      throws VolumeException {
    if (!changes.tryEnter()) {
      return false;
    }
    try {
      return chunks.table().armed(offset / ChunkLayout.REGION_BYTES)
          && chunks.tryWrite(offset, from, at, length);
    } finally {
      changes.leave();
    }
  }

  private void clear(long offset, long length, ZeroMode mode, Durability durability)
      throws VolumeException {
    requests.enter();
    try {
      checkChange(offset, length);
      for (long done = 0; done < length; ) {
        long from = offset + done;
        long step = Math.min(length - done, CLEAR_BYTES - from % CLEAR_BYTES);
        if (mode == ZeroMode.ALLOCATE || !chunks.isHole(from, step)) {
          enterChanges(from, step);
          try {
            chunks.clear(from, step, mode);
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

  /// One device's part in a freeze: made ready, shut, stepped, ended.
  private final class Freeze {
    private final long parentEpoch;
    private final String asideName;
    private final DiskFile aside;
    private boolean shut;
    private boolean stepped;

    /// Makes the file for old blocks, and the intents to change what is in use, before the gate is
    /// shut: the guest waits for nothing but itself.
    Freeze(long parentEpoch) throws IOException {
      requests.enter();
      freezing.lock();
      try {
        checkOpen();
        long current = chunks.table().current();
        if (parentEpoch < NOTHING || parentEpoch >= current) {
          throw new IllegalArgumentException(
              "parent must be an epoch that ended parent=%d current=%d"
                  .formatted(parentEpoch, current));
        }
        this.parentEpoch = parentEpoch;
        force.alike(() -> chunks.table().armAhead());
        asideName = ASIDE_PREFIX + current;
        aside = makeAside(asideName);
      } catch (IOException | RuntimeException e) {
        freezing.unlock();
        requests.leave();
        throw e;
      }
    }

    void shut() {
      changes.shut();
      shut = true;
    }

    FrozenView step() {
      ChunkTable table = chunks.table();
      long epoch = table.step();
      OpenView view =
          new OpenView(viewOwner, table, data, asideName, aside, parentEpoch, epoch, sizeBytes);
      chunks.views().add(view);
      stepped = true;
      return view;
    }

    void end() {
      if (shut) {
        changes.open();
      }
      if (!stepped) {
        try {
          dropAside(aside, asideName); // another device could not be made ready
        } catch (VolumeException e) {
          LOG.warn("an unused file is left until the volume is opened again", e);
        }
      }
      freezing.unlock();
      requests.leave();
    }
  }

  private DiskFile makeAside(String name) throws IOException {
    DiskFile aside = SpannedFile.open(folder, name);
    try {
      aside.resize(sizeBytes);
      return aside;
    } catch (VolumeException e) {
      dropAside(aside, name);
      throw e;
    }
  }

  private void dropAside(DiskFile aside, String name) throws VolumeException {
    aside.close();
    try {
      SpannedFile.delete(folder, name);
    } catch (IOException e) {
      throw new VolumeException.Unavailable("cannot delete what a view kept file=" + name, e);
    }
  }

  /// What views ask of this device.
  private final class ViewOwner implements OpenView.Owner {
    @Override
    public void readSteadily(long chunk, OpenView.SteadyRead read) throws VolumeException {
      requests.enter();
      try {
        checkOpen();
        chunks.readSteadily(chunk, read);
      } finally {
        requests.leave();
      }
    }

    @Override
    public void readLocked(long chunk, OpenView.SteadyRead read) throws VolumeException {
      requests.enter();
      try {
        checkOpen();
        chunks.readLocked(chunk, read);
      } finally {
        requests.leave();
      }
    }

    @Override
    public BlockMask here(long chunk) {
      Optional<ColdChunks> cold = chunks.cold();
      return cold.isPresent() ? cold.get().here(chunk) : BlockMask.ALL;
    }

    @Override
    public void readSource(long chunk, MemorySegment into, long at, int length)
        throws VolumeException {
      requests.enter();
      try {
        checkOpen();
        Optional<ColdChunks> cold = chunks.cold();
        if (cold.isPresent()) {
          cold.get().readSource(chunk, into, at, length);
        }
      } finally {
        requests.leave();
      }
    }

    @Override
    public void closed(OpenView view) throws VolumeException {
      chunks.views().remove(view);
      // A change that saw the view in the list may still be using its file.
      changes.shut();
      changes.open();
      dropAside(view.aside(), view.asideName());
    }
  }
}
