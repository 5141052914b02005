package dev.quarry.volume;

import dev.quarry.block.VolumeException;
import dev.quarry.disk.DiskFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/// The chunks of a volume that was made from a snapshot and is not wholly on the local disk yet.
///
/// A block is **here** once its bytes are in the data file: fetched from the source, or written by
/// the guest, which then needs nothing from the source. It is **settled** once they are durable
/// there.
///
/// **Order: data, then here; force, then settled.** A crash of the process keeps both the page
/// cache and the mapped marks, so `here` stays true. A power loss falls back to `settled`: what was
/// fetched is fetched again, and what the guest wrote and did not flush is gone, as on any disk.
///
/// A fetch is made with no lock held, once for all who wait for the chunk. It writes only the
/// blocks that are not here when it arrives: what the guest wrote meanwhile is newer.
final class ColdChunks implements AutoCloseable {
  private static final ThreadLocal<MemorySegment> CHUNK =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ChunkLayout.CHUNK_BYTES, 4096));

  /// Runs something while nobody else reads or changes a chunk.
  interface Exclusively {
    void run(long chunk, Change change) throws VolumeException;
  }

  /// Something done to a chunk.
  interface Change {
    void run() throws VolumeException;
  }

  private final ChunkSource source;
  private final DiskFile data;
  private final Supplier<ChunkTable> table;
  private final Exclusively exclusively;
  private final ConcurrentMap<Long, Flight> flights = new ConcurrentHashMap<>();
  private final Set<Long> unsettled = ConcurrentHashMap.newKeySet();

  ColdChunks(
      ChunkSource source, DiskFile data, Supplier<ChunkTable> table, Exclusively exclusively) {
    this.source = source;
    this.data = data;
    this.table = table;
    this.exclusively = exclusively;
  }

  /// Finds what an earlier process wrote and did not settle.
  void findUnsettled(long volumeBytes) {
    for (long region = 0; region < ChunkLayout.regionCount(volumeBytes); region++) {
      if (!table.get().touched(region)) {
        continue;
      }
      long first = region * ChunkLayout.CHUNKS_PER_REGION;
      long end =
          Math.min(first + ChunkLayout.CHUNKS_PER_REGION, ChunkLayout.chunkCount(volumeBytes));
      for (long chunk = first; chunk < end; chunk++) {
        if (!table.get().here(chunk).equals(table.get().settled(chunk))) {
          unsettled.add(chunk);
        }
      }
    }
  }

  /// The blocks that need nothing from the source.
  BlockMask here(long chunk) {
    return table.get().here(chunk);
  }

  /// How many chunks from `first` to `end`, all of one region, need nothing from the source.
  long hereChunks(long first, long end) {
    if (!table.get().touched(ChunkLayout.regionOf(first))) {
      return 0;
    }
    return LongStream.range(first, end).filter(chunk -> here(chunk).equals(BlockMask.ALL)).count();
  }

  /// Whether some block of a range within a chunk is not here.
  boolean missing(long chunk, int firstBlock, int lastBlock) {
    return !here(chunk).containsAll(BlockMask.range(firstBlock, lastBlock));
  }

  /// Says that blocks were written to the data file. The chunk's lock is held.
  void wrote(long chunk, BlockMask blocks) {
    if (!here(chunk).containsAll(blocks)) {
      table.get().addHere(chunk, blocks);
      unsettled.add(chunk);
    }
  }

  /// Brings a whole chunk here, or waits until another thread has. No lock is held.
  void fetch(long chunk) throws VolumeException {
    Flight mine = new Flight();
    Flight other = flights.putIfAbsent(chunk, mine);
    if (other != null) {
      other.await();
      return;
    }
    try {
      load(chunk);
      mine.land(null);
    } catch (VolumeException e) {
      mine.land(e);
      throw e;
    } finally {
      flights.remove(chunk, mine);
      mine.land(new VolumeException.Unavailable("fetch was cut short chunk=" + chunk, null));
    }
  }

  /// Says that a range will be read soon.
  void prefetch(long firstChunk, long lastChunk) {
    for (long chunk = firstChunk; chunk <= lastChunk; chunk++) {
      if (!here(chunk).equals(BlockMask.ALL)) {
        source.prefetch(chunk);
      }
    }
  }

  /// Reads a whole chunk of the source, with zeros behind its end.
  void readSource(long chunk, MemorySegment into, long at, int length) throws VolumeException {
    int read = source.isZero(chunk) ? 0 : Math.min(length, source.read(chunk, into, at));
    into.asSlice(at + read, length - read).fill((byte) 0);
  }

  /// Forces the data file and settles what was here before.
  void forceAndSettle() throws VolumeException {
    record Settling(long chunk, BlockMask blocks) {}
    List<Settling> settling = new ArrayList<>();
    for (long chunk : unsettled) {
      settling.add(new Settling(chunk, here(chunk)));
    }
    data.force();
    if (settling.isEmpty()) {
      return;
    }
    for (Settling one : settling) {
      table.get().settle(one.chunk(), one.blocks());
    }
    table.get().force();
    for (Settling one : settling) {
      unsettled.remove(one.chunk());
      if (!here(one.chunk()).equals(table.get().settled(one.chunk()))) {
        unsettled.add(one.chunk()); // written since
      }
    }
  }

  @Override
  public void close() throws VolumeException {
    source.close();
  }

  private void load(long chunk) throws VolumeException {
    if (here(chunk).equals(BlockMask.ALL)) {
      return;
    }
    table.get().makeSpace(ChunkLayout.regionOf(chunk));
    long start = ChunkLayout.chunkStart(chunk);
    int length = (int) Math.min(ChunkLayout.CHUNK_BYTES, data.sizeBytes() - start);
    boolean zero = source.isZero(chunk);
    MemorySegment bytes = CHUNK.get();
    if (!zero) {
      readSource(chunk, bytes, 0, length);
    }
    exclusively.run(
        chunk,
        () -> {
          BlockMask missing = BlockMask.ALL.without(here(chunk));
          for (int from = missing.next(0); from < 128; ) {
            int to = missing.nextAbsent(from);
            int offset = from * ChunkLayout.BLOCK_BYTES;
            int end = Math.min(to * ChunkLayout.BLOCK_BYTES, length);
            if (offset < end) {
              store(zero, bytes, start, offset, end - offset);
            }
            from = missing.next(to);
          }
          wrote(chunk, BlockMask.ALL);
        });
  }

  private void store(boolean zero, MemorySegment bytes, long start, int offset, int length)
      throws VolumeException {
    if (!zero) {
      data.write(start + offset, bytes, offset, length);
    } else if (data.nextData(start + offset) < start + offset + length) {
      data.punch(start + offset, length); // what an unflushed write left before a power loss
    }
  }

  /// One fetch that others can wait for.
  private static final class Flight {
    private final CountDownLatch landed = new CountDownLatch(1);
    private volatile VolumeException failure;

    /// Ends the wait; only the first call counts.
    void land(VolumeException failed) {
      if (landed.getCount() > 0) {
        failure = failed;
        landed.countDown();
      }
    }

    void await() throws VolumeException {
      boolean interrupted = false;
      while (true) {
        try {
          landed.await();
          break;
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      VolumeException failed = failure;
      if (failed != null) {
        throw failed instanceof VolumeException.Corrupt
            ? new VolumeException.Corrupt(failed.getMessage(), failed)
            : new VolumeException.Unavailable(failed.getMessage(), failed);
      }
    }
  }
}
