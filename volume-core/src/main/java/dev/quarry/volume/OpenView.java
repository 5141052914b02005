package dev.quarry.volume;

import dev.quarry.block.VolumeException;
import dev.quarry.disk.DiskFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/// The view of a [ChunkedDevice] at one freeze.
///
/// [#preserve] is called by whoever changes a chunk, with that chunk's lock held, before the change
/// is marked. The first call for a chunk notes its marks as they were; every call copies aside the
/// blocks that are about to change and were not copied before. What is copied lies in a sparse file
/// at the offset it has in the volume. It need not survive a crash: the view does not either.
final class OpenView implements FrozenView {

  /// What the view needs of its device.
  interface Owner {
    /// Runs a read of a chunk that no change may come between, anew if one did.
    void readSteadily(long chunk, SteadyRead read) throws VolumeException;

    /// Runs a read of a chunk once, under the lock that keeps changes away.
    void readLocked(long chunk, SteadyRead read) throws VolumeException;

    /// The blocks of a chunk that are in the data file and not only in the volume's source.
    BlockMask here(long chunk);

    /// Reads a chunk of the volume's source.
    void readSource(long chunk, MemorySegment into, long at, int length) throws VolumeException;

    /// Takes the view off the device's list and deletes its file.
    void closed(OpenView view) throws VolumeException;
  }

  /// A read of a chunk; what it reads counts if no change came between.
  interface SteadyRead {
    void run() throws VolumeException;
  }

  /// How much is copied aside in one piece: small, because each thread that changes something has
  /// memory of its own for it, and needs it first when a guest waits.
  private static final int PIECE_BYTES = 64 << 10;

  private static final ThreadLocal<MemorySegment> PIECE =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(PIECE_BYTES, 4096));

  private static final MemorySegment ZEROS = Arena.ofAuto().allocate(PIECE_BYTES, 4096);

  private final Owner owner;
  private final ChunkTable table;
  private final DiskFile data;
  private final String asideName;
  private final DiskFile aside;
  private final long parentEpoch;
  private final long epoch;
  private final long sizeBytes;

  /// Whether masks hold all changes since the parent: they go back to the table's base only.
  private final boolean masksReachParent;

  /// The marks, as they were at the freeze, of chunks that changed since. Each value is guarded by
  /// its chunk's lock.
  private final ConcurrentMap<Long, Kept> kept = new ConcurrentHashMap<>();

  private final AtomicLong copiedBytes = new AtomicLong();
  private final AtomicLong releasedBelow = new AtomicLong();
  private volatile VolumeException failure;
  private volatile boolean closed;

  /// The marks of a chunk at the freeze, and which of its blocks were copied aside.
  private static final class Kept {
    final long epoch;
    final long doubt;
    final BlockMask changed;
    final BlockMask here;
    BlockMask copied = BlockMask.NONE; // guarded by the chunk's lock

    Kept(long epoch, long doubt, BlockMask changed, BlockMask here) {
      this.epoch = epoch;
      this.doubt = doubt;
      this.changed = changed;
      this.here = here;
    }
  }

  OpenView(
      Owner owner,
      ChunkTable table,
      DiskFile data,
      String asideName,
      DiskFile aside,
      long parentEpoch,
      long epoch,
      long sizeBytes) {
    this.owner = owner;
    this.table = table;
    this.data = data;
    this.asideName = asideName;
    this.aside = aside;
    this.parentEpoch = parentEpoch;
    this.epoch = epoch;
    this.sizeBytes = sizeBytes;
    this.masksReachParent = parentEpoch >= table.base();
  }

  String asideName() {
    return asideName;
  }

  DiskFile aside() {
    return aside;
  }

  /// Keeps what the view needs of blocks that are about to change. The caller holds the chunk's
  /// lock and has not marked the change yet. Never fails: if the old blocks cannot be kept, it is
  /// the view that fails.
  void preserve(long chunk, BlockMask blocks) {
    if (chunk < releasedBelow.get()
        || failure != null
        || ChunkLayout.chunkStart(chunk) >= sizeBytes) {
      return;
    }
    Kept marks = kept.get(chunk);
    if (marks == null) {
      marks = marksOf(chunk);
      kept.put(chunk, marks);
    }
    if (!mayHaveChanged(marks.epoch, marks.doubt)) {
      return;
    }
    BlockMask missing = blocks.without(marks.copied);
    if (missing.isEmpty()) {
      return;
    }
    try {
      // Blocks that are not here need no copy: the source keeps them.
      forEachRun(missing.and(marks.here), (from, to) -> copyAside(chunk, from, to));
      marks.copied = marks.copied.or(missing);
    } catch (VolumeException e) {
      failure = e;
    }
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public long epoch() {
    return epoch;
  }

  @Override
  public long nextChanged(long chunk) throws VolumeException {
    checkUsable();
    long end = ChunkLayout.chunkCount(sizeBytes);
    for (long next = chunk; next < end; ) {
      long region = ChunkLayout.regionOf(next);
      if (!table.regionChangedAfter(region, parentEpoch)) {
        next = (region + 1) * ChunkLayout.CHUNKS_PER_REGION;
      } else if (!(change(next) instanceof Change.Unchanged)) {
        return next;
      } else {
        next++;
      }
    }
    return end;
  }

  @Override
  public Change change(long chunk) throws VolumeException {
    checkUsable();
    Kept marks = kept.get(chunk);
    if (marks == null) {
      Kept now = marksOf(chunk);
      marks = kept.get(chunk);
      if (marks == null) {
        marks = now; // nobody changed the chunk while its marks were read
      }
    }
    if (marks.doubt > parentEpoch) {
      return new Change.InDoubt();
    }
    if (marks.epoch <= parentEpoch) {
      return new Change.Unchanged();
    }
    return new Change.Blocks(masksReachParent ? marks.changed : BlockMask.ALL);
  }

  @Override
  public int read(long chunk, MemorySegment into, long at) throws VolumeException {
    return read(chunk, BlockMask.ALL, into, at);
  }

  @Override
  public int read(long chunk, BlockMask blocks, MemorySegment into, long at)
      throws VolumeException {
    checkUsable();
    int length = (int) Math.min(ChunkLayout.CHUNK_BYTES, sizeBytes - ChunkLayout.chunkStart(chunk));
    if (needsSource(chunk, blocks)) {
      owner.readSource(chunk, into, at, length);
      // Once only: a read that a change came between may have spoilt what the source said.
      owner.readLocked(chunk, () -> overlay(chunk, blocks, into, at, length));
    } else {
      owner.readSteadily(chunk, () -> overlay(chunk, blocks, into, at, length));
    }
    checkUsable(); // a block that changed before it could be kept was read as it is now
    return length;
  }

  /// Nobody changes a chunk before what it was is noted in `kept`, under the chunk's lock: if
  /// nothing is noted when it is read, and no change comes between, it is read as it was at the
  /// instant.
  @Override
  public int readUnchanged(long chunk, MemorySegment into, long at) throws VolumeException {
    if (!(change(chunk) instanceof Change.Unchanged)) {
      return 0;
    }
    int length = (int) Math.min(ChunkLayout.CHUNK_BYTES, sizeBytes - ChunkLayout.chunkStart(chunk));
    boolean[] steady = new boolean[1];
    owner.readSteadily(
        chunk,
        () -> {
          steady[0] = owner.here(chunk).equals(BlockMask.ALL) && kept.get(chunk) == null;
          if (steady[0]) {
            data.read(ChunkLayout.chunkStart(chunk), into, at, length);
          }
        });
    checkUsable();
    return steady[0] ? length : 0;
  }

  @Override
  public void release(long chunk) {
    if (releasedBelow.getAndAccumulate(chunk, Math::max) < chunk) {
      kept.keySet().removeIf(behind -> behind < chunk);
    }
  }

  @Override
  public long copiedBytes() {
    return copiedBytes.get();
  }

  @Override
  public void close() throws VolumeException {
    if (!closed) {
      closed = true;
      owner.closed(this);
    }
  }

  /// Whether a block of the chunk, as it was, is in the source only. What is here stays here, so
  /// the answer can only go from yes to no.
  private boolean needsSource(long chunk, BlockMask blocks) {
    if (!owner.here(chunk).containsAll(blocks)) {
      return true;
    }
    Kept marks = kept.get(chunk);
    return marks != null && !marks.here.containsAll(blocks);
  }

  /// Puts over what came from the source: what is in the data file and has not changed since, and
  /// what was copied aside.
  private void overlay(long chunk, BlockMask blocks, MemorySegment into, long at, int length)
      throws VolumeException {
    long start = ChunkLayout.chunkStart(chunk);
    Kept marks = kept.get(chunk);
    BlockMask copied = marks == null ? BlockMask.NONE : marks.copied;
    BlockMask keptAside = marks == null ? BlockMask.NONE : copied.and(marks.here);
    forEachRun(
        owner.here(chunk).without(copied).and(blocks),
        (from, to) -> readRun(data, start, from, to, into, at, length));
    forEachRun(
        keptAside.and(blocks), (from, to) -> readRun(aside, start, from, to, into, at, length));
  }

  private static void readRun(
      DiskFile file, long start, int from, int to, MemorySegment into, long at, int length)
      throws VolumeException {
    int offset = from * ChunkLayout.BLOCK_BYTES;
    int end = Math.min(to * ChunkLayout.BLOCK_BYTES, length);
    if (offset < end) {
      file.read(start + offset, into, at + offset, end - offset);
    }
  }

  private Kept marksOf(long chunk) {
    return new Kept(
        table.epoch(chunk), table.doubt(chunk), table.changed(chunk), owner.here(chunk));
  }

  private static void forEachRun(BlockMask blocks, RunVisitor visitor) throws VolumeException {
    for (int from = blocks.next(0); from < 128; ) {
      int to = blocks.nextAbsent(from);
      visitor.visit(from, to);
      from = blocks.next(to);
    }
  }

  private interface RunVisitor {
    void visit(int fromBlock, int toBlock) throws VolumeException;
  }

  /// Copies blocks that are not all zeros; others need no copy, because the file for them starts as
  /// zeros. Looking at them is cheaper than asking the file system for holes: that waits for all
  /// who are writing to the file.
  private void copyAside(long chunk, int fromBlock, int toBlock) throws VolumeException {
    long start = ChunkLayout.chunkStart(chunk) + (long) fromBlock * ChunkLayout.BLOCK_BYTES;
    long end =
        Math.min(
            ChunkLayout.chunkStart(chunk) + (long) toBlock * ChunkLayout.BLOCK_BYTES, sizeBytes);
    MemorySegment piece = PIECE.get();
    for (long at = start; at < end; at += PIECE_BYTES) {
      int length = (int) Math.min(PIECE_BYTES, end - at);
      data.read(at, piece, 0, length);
      if (MemorySegment.mismatch(piece, 0, length, ZEROS, 0, length) >= 0) {
        aside.write(at, piece, 0, length);
        copiedBytes.addAndGet(length);
      }
    }
  }

  private boolean mayHaveChanged(long chunkEpoch, long doubt) {
    return chunkEpoch > parentEpoch || doubt > parentEpoch;
  }

  private void checkUsable() throws VolumeException {
    if (closed) {
      throw new VolumeException.Detached("view is closed epoch=" + epoch);
    }
    VolumeException why = failure;
    if (why != null) {
      throw new VolumeException.Full(
          "the local disk could not keep what the view needs epoch=" + epoch, why);
    }
  }
}
