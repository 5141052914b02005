package dev.quarry.volume;

import dev.quarry.block.VolumeException;
import dev.quarry.disk.Disk;
import dev.quarry.disk.MappedFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/// What a volume remembers of its chunks: when each last changed, and which of its blocks.
///
/// **Epochs.** Time is counted in epochs; a freeze ends one. A chunk's epoch is the one of its last
/// change, 0 if it never changed: such a chunk is a hole. A snapshot that was committed with
/// everything up to epoch *c* makes *c* the *base*; a chunk whose epoch is greater has changed
/// since, and its mask holds the blocks that have (or more: after a commit, a mask may still hold
/// blocks of before).
///
/// **Crash safety.** The table is mapped memory, so after a crash of the process it is exact. After
/// a power loss it holds any mixture of old and new words, and it may lack the mark of a change
/// that reached the data file. So before the first change to a region in an epoch, the *intent* to
/// change it is made durable ([#arm]). After a power loss every chunk of a region with an intent
/// newer than the base is *in doubt* ([#recover]): the next snapshot compares it instead of
/// believing the mask. An intent costs one force for 128 MiB and epoch, and spares a second force
/// at every flush. Regions in use get theirs for the next epoch before the current one ends
/// ([#armAhead]), so that the guest does not wait for them right after a freeze.
///
/// **File**, little-endian words of 8 bytes:
///
/// ```
///        0  magic "QRYCHUNK"
///        8  version, 1
///       16  current epoch
///       24  base epoch
///       32  zeros to 4096
///     4096  regions: 524,288 × { intent epoch · armed epoch }          (64 TiB; sparse)
///  8392704  chunks:  n × { epoch · doubt epoch · changed low · changed high
///                          · here low · here high · settled low · settled high
///                          · allocated low · allocated high }
/// ```
///
/// A region may be changed in epochs up to `armed`, which follows `intent` once that is durable; a
/// region that has space for its marks and no intent yet has -1 as its intent. `here` and `settled`
/// say which blocks of a volume that was made from a snapshot are in the data file and not only in
/// the store: `here` as soon as they were written, `settled` once they are durable. `allocated`
/// holds the blocks that were zeroed with their space kept: they are holes to the file system and
/// not to the client.
///
/// Marks of one chunk are set under that chunk's lock; readers need none.
final class ChunkTable implements AutoCloseable {
  static final String FILE = "chunks";

  private static final long MAGIC = 0x4B4E554843595251L; // "QRYCHUNK" as a little-endian word
  private static final long VERSION = 1;
  private static final long VERSION_AT = 8;
  private static final long CURRENT_AT = 16;
  private static final long BASE_AT = 24;
  private static final long REGIONS_AT = 4096;
  private static final int REGION_ENTRY_BYTES = 16;
  private static final long CHUNKS_AT =
      REGIONS_AT + ChunkLayout.MAX_VOLUME_BYTES / ChunkLayout.REGION_BYTES * REGION_ENTRY_BYTES;
  private static final int CHUNK_ENTRY_BYTES = 80;
  private static final int ARMED = 8;
  private static final int DOUBT = 8;
  private static final int CHANGED = 16;
  private static final int HERE = 32;
  private static final int SETTLED = 48;
  private static final int ALLOCATED = 64;

  /// The intent of a region that has space for its marks and was not changed.
  private static final long SPACE_ONLY = -1;

  private final MappedFile words;
  private final Object arming = new Object();

  /// Regions whose marks have space, as far as this table has seen to it. Guarded by arming, but
  /// for [#recover], which has the table to itself.
  private final BitSet spacious = new BitSet();

  /// Regions whose words are durable, as far as this table has seen to it. Guarded by arming.
  private final BitSet noted = new BitSet();

  /// Regions that were changed in the current epoch, since this table was opened. Set by whoever
  /// marks, without order: one that [#armAhead] misses gets its intent later.
  private final boolean[] inUse;

  private ChunkTable(MappedFile words, long volumeBytes) {
    this.words = words;
    this.inUse = new boolean[(int) ChunkLayout.regionCount(volumeBytes)];
  }

  /// Opens a volume's table, making an empty one durably if there is none, and growing it to the
  /// volume's size.
  static ChunkTable open(Disk folder, long volumeBytes) throws IOException {
    long sizeBytes = CHUNKS_AT + ChunkLayout.chunkCount(volumeBytes) * CHUNK_ENTRY_BYTES;
    MappedFile words = folder.map(FILE, sizeBytes);
    try {
      ChunkTable table = new ChunkTable(words, volumeBytes);
      if (words.get(0) == 0 && words.get(CURRENT_AT) <= 1) {
        table.format(); // new, or cut short while it was made
      }
      table.checkHeader();
      return table;
    } catch (VolumeException | RuntimeException e) {
      words.close();
      throw e;
    }
  }

  private void format() throws VolumeException {
    words.allocate(0, REGIONS_AT);
    words.set(CURRENT_AT, 1);
    words.set(BASE_AT, 0);
    words.set(VERSION_AT, VERSION);
    words.force();
    // The magic comes last: a table with it is complete.
    words.set(0, MAGIC);
    words.force();
  }

  private void checkHeader() throws VolumeException {
    if (words.get(0) != MAGIC) {
      throw new VolumeException.Corrupt("chunk table has a bad magic file=" + words, null);
    }
    if (words.get(VERSION_AT) != VERSION) {
      throw new VolumeException.Corrupt(
          "chunk table has an unknown version file=%s version=%d expected=%d"
              .formatted(words, words.get(VERSION_AT), VERSION),
          null);
    }
    if (current() < 1 || base() >= current() || base() < 0) {
      throw new VolumeException.Corrupt(
          "chunk table has impossible epochs file=%s current=%d base=%d"
              .formatted(words, current(), base()),
          null);
    }
  }

  /// The epoch in which changes are marked now.
  long current() {
    return words.get(CURRENT_AT);
  }

  /// Everything up to this epoch is in the snapshot that the next one builds on.
  long base() {
    return words.get(BASE_AT);
  }

  /// Ends the current epoch and begins the next. Nobody may be marking.
  ///
  /// @return the epoch that ended
  long step() {
    long ended = current();
    words.set(CURRENT_AT, ended + 1);
    Arrays.fill(inUse, false);
    return ended;
  }

  /// Says that a snapshot with everything up to `epoch` is committed. Durable when it returns.
  ///
  /// **Marks, then base.** A base on the disk says that all marks up to it are there too, and that
  /// the current epoch is a later one.
  void rebase(long epoch) throws VolumeException {
    if (epoch >= current()) {
      throw new IllegalArgumentException(
          "base must be an epoch that ended base=" + epoch + " current=" + current());
    }
    if (epoch > base()) {
      words.force();
      words.set(BASE_AT, epoch);
      words.force();
    }
  }

  /// Whether changes to a region may be marked in the current epoch.
  boolean armed(long region) {
    return words.get(regionAt(region) + ARMED) >= current();
  }

  /// Makes the intent to change a region in the current epoch durable. Orders: **intent, force,
  /// armed, then marks, then data.** Space for the region's marks is allocated first, so that
  /// setting them cannot fail.
  ///
  /// @throws VolumeException.Full if there is no space for the marks
  void arm(long region) throws VolumeException {
    synchronized (arming) {
      if (armed(region)) {
        return;
      }
      allocateMarks(region);
      intend(current(), region);
    }
  }

  /// Makes the intent to change the regions that were changed in the current epoch durable for the
  /// next one too, with one force. They come into doubt if the machine goes down in the next epoch
  /// although nothing of them changed: they are compared, and found the same.
  void armAhead() throws VolumeException {
    synchronized (arming) {
      long[] regions =
          IntStream.range(0, inUse.length).filter(region -> inUse[region]).asLongStream().toArray();
      if (regions.length > 0) {
        intend(current() + 1, regions);
      }
    }
  }

  private void intend(long epoch, long... regions) throws VolumeException {
    for (long region : regions) {
      words.set(regionAt(region), epoch);
    }
    words.force();
    for (long region : regions) {
      noted.set((int) region);
      words.set(regionAt(region) + ARMED, epoch);
    }
  }

  /// Makes sure there is space for the marks of a region, without an intent to change it: for what
  /// comes from the store, which is no change. Order: **word, force, then here.** A power loss that
  /// keeps a note of what is here, and loses the data, must not lose the word that has [#recover]
  /// look at the region's notes.
  ///
  /// @throws VolumeException.Full if there is none
  void makeSpace(long region) throws VolumeException {
    synchronized (arming) {
      if (noted.get((int) region)) {
        return;
      }
      allocateMarks(region);
      if (words.get(regionAt(region)) == 0) {
        words.set(regionAt(region), SPACE_ONLY);
      }
      words.force(); // also a word of an earlier process, which may not have come so far
      noted.set((int) region);
    }
  }

  /// Once for each table: later times would only make the next force wait for the file system.
  private void allocateMarks(long region) throws VolumeException {
    if (spacious.get((int) region)) {
      return;
    }
    words.allocate(regionAt(region) / 4096 * 4096, 4096);
    long first = region * ChunkLayout.CHUNKS_PER_REGION;
    long from = chunkAt(first);
    long to = Math.min(chunkAt(first + ChunkLayout.CHUNKS_PER_REGION), words.sizeBytes());
    words.allocate(from, to - from);
    spacious.set((int) region);
  }

  /// Marks blocks of a chunk as changed in the current epoch. Comes before the change itself.
  void mark(long chunk, BlockMask blocks) {
    long at = chunkAt(chunk);
    long epoch = words.get(at);
    long current = current();
    BlockMask before = epoch > base() ? mask(at + CHANGED) : BlockMask.NONE;
    if (epoch == current && before.containsAll(blocks)) {
      return;
    }
    // The mask first: until the epoch follows, a crash leaves a chunk that counts as unchanged.
    setMask(at + CHANGED, before.or(blocks));
    if (epoch != current) {
      words.set(at, current);
      inUse[(int) ChunkLayout.regionOf(chunk)] = true;
    }
  }

  /// The epoch of a chunk's last change, 0 if it never changed.
  long epoch(long chunk) {
    return words.get(chunkAt(chunk));
  }

  /// The epoch in which a chunk came into doubt, 0 if it never did.
  long doubt(long chunk) {
    return words.get(chunkAt(chunk) + DOUBT);
  }

  /// The blocks that changed since the base, meaningful where [#epoch] is greater than it.
  BlockMask changed(long chunk) {
    return mask(chunkAt(chunk) + CHANGED);
  }

  /// The blocks that are in the data file, of a volume that was made from a snapshot.
  BlockMask here(long chunk) {
    return mask(chunkAt(chunk) + HERE);
  }

  /// Adds blocks that were written to the data file. The region has space for its marks.
  void addHere(long chunk, BlockMask blocks) {
    long at = chunkAt(chunk) + HERE;
    BlockMask before = mask(at);
    if (!before.containsAll(blocks)) {
      setMask(at, before.or(blocks));
    }
  }

  /// The blocks that are durably in the data file.
  BlockMask settled(long chunk) {
    return mask(chunkAt(chunk) + SETTLED);
  }

  /// Says that blocks are durably in the data file: after a force of it.
  void settle(long chunk, BlockMask blocks) {
    long at = chunkAt(chunk) + SETTLED;
    setMask(at, mask(at).or(blocks));
  }

  /// Whether a region was ever changed or given space: if not, all its marks are zero.
  boolean touched(long region) {
    return words.get(regionAt(region)) != 0;
  }

  /// The blocks that are holes to the file system but hold their space.
  BlockMask allocated(long chunk) {
    return mask(chunkAt(chunk) + ALLOCATED);
  }

  /// Sets which blocks are holes that hold their space.
  void setAllocated(long chunk, BlockMask blocks) {
    long at = chunkAt(chunk) + ALLOCATED;
    if (!mask(at).equals(blocks)) {
      setMask(at, blocks);
    }
  }

  /// Whether a region may hold chunks that changed, or came into doubt, after `epoch`.
  boolean regionChangedAfter(long region, long epoch) {
    return Math.max(0, words.get(regionAt(region))) > epoch; // space only: never changed
  }

  /// Puts every chunk in doubt that may have changed since the base, and begins a new epoch. To be
  /// called when the machine, not only the process, went down with the volume open. Repeating it,
  /// after a crash in its midst, does no harm.
  void recover(long volumeBytes) throws VolumeException {
    long newest = current();
    for (long region = 0; region < ChunkLayout.regionCount(volumeBytes); region++) {
      newest = Math.max(newest, words.get(regionAt(region)));
    }
    long doubt = newest + 1;
    for (long region = 0; region < ChunkLayout.regionCount(volumeBytes); region++) {
      if (touched(region)) {
        allocateMarks(region); // a region's word may be durable without the space for its marks
        forgetUnsettled(region, volumeBytes);
      }
      if (regionChangedAfter(region, base())) {
        putInDoubt(region, volumeBytes, doubt);
      }
    }
    words.force();
    words.set(CURRENT_AT, doubt);
    words.force();
  }

  /// What was written to the data file and not forced may not be there.
  private void forgetUnsettled(long region, long volumeBytes) {
    long end = regionEnd(region, volumeBytes);
    for (long chunk = region * ChunkLayout.CHUNKS_PER_REGION; chunk < end; chunk++) {
      BlockMask settled = settled(chunk);
      if (!here(chunk).equals(settled)) {
        setMask(chunkAt(chunk) + HERE, settled);
      }
    }
  }

  private void putInDoubt(long region, long volumeBytes, long doubt) {
    long first = region * ChunkLayout.CHUNKS_PER_REGION;
    long end = regionEnd(region, volumeBytes);
    words.set(regionAt(region), doubt);
    for (long chunk = first; chunk < end; chunk++) {
      long at = chunkAt(chunk);
      words.set(at + DOUBT, doubt);
      setMask(at + ALLOCATED, BlockMask.NONE);
      if (words.get(at) == 0) {
        // Its data may have come to the disk without its mark: it is no longer known to be a hole.
        setMask(at + CHANGED, BlockMask.ALL);
        words.set(at, doubt);
      }
    }
  }

  private static long regionEnd(long region, long volumeBytes) {
    return Math.min(
        (region + 1) * ChunkLayout.CHUNKS_PER_REGION, ChunkLayout.chunkCount(volumeBytes));
  }

  /// Makes all marks durable.
  void force() throws VolumeException {
    words.force();
  }

  @Override
  public void close() throws VolumeException {
    words.close();
  }

  private BlockMask mask(long at) {
    return new BlockMask(words.get(at), words.get(at + 8));
  }

  private void setMask(long at, BlockMask mask) {
    words.set(at, mask.low());
    words.set(at + 8, mask.high());
  }

  private static long regionAt(long region) {
    return REGIONS_AT + region * REGION_ENTRY_BYTES;
  }

  private static long chunkAt(long chunk) {
    return CHUNKS_AT + chunk * CHUNK_ENTRY_BYTES;
  }
}
