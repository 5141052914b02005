package dev.quarry.snapshot;

import dev.quarry.block.BlockDevice;
import dev.quarry.volume.ChunkLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Watches how a volume is read, for the [Hints] of its snapshots: which chunks a guest read first
/// after it was attached, and which were read lately.
///
/// Costs a look at one byte for a chunk that was read before, and one at the trace while there is
/// room in it. Memory: two bits for each chunk of the parts that were read at all, and the trace.
/// What is recorded is a hint: two bits that are lost in a race are marked by the next read.
///
/// Safe for use by many threads.
public final class UsageRecorder {
  /// How many chunks are traced after an attach: 2 GiB, where a boot reads some hundred MB.
  static final int TRACED_CHUNKS = 4096;

  /// How much of the map is allocated at a time, in bytes: for 128 GiB of the volume.
  private static final int PART_BYTES = 64 * 1024;

  private static final int CHUNKS_PER_BYTE = 4;
  private static final int HOTTEST = 3;

  private final AtomicReferenceArray<byte[]> heat =
      new AtomicReferenceArray<>(Hints.MAX_HEAT_BYTES / PART_BYTES);
  private final List<Long> trace = new ArrayList<>(); // guarded by this
  private final Set<Long> traced = ConcurrentHashMap.newKeySet(); // changed with this held
  private List<Long> traceBefore; // of the last attach that was of use; guarded by this
  private volatile boolean tracing = true;

  /// @param before what is known of the volume from the snapshot it was made from, or from an
  ///   earlier process
  public UsageRecorder(Hints before) {
    traceBefore = before.trace();
    byte[] known = before.heat();
    for (int at = 0; at < known.length; at += PART_BYTES) {
      byte[] part = new byte[PART_BYTES];
      System.arraycopy(known, at, part, 0, Math.min(PART_BYTES, known.length - at));
      heat.set(at / PART_BYTES, part);
    }
  }

  /// A device that records the reads that go through it.
  public BlockDevice recording(BlockDevice device) {
    return new RecordedDevice(device, this);
  }

  /// Says that a guest begins anew: the volume was attached.
  public synchronized void attached() {
    if (!trace.isEmpty()) {
      traceBefore = List.copyOf(trace);
    }
    trace.clear();
    traced.clear();
    tracing = true;
  }

  void read(long offset, long length) {
    long last = (offset + length - 1) / ChunkLayout.CHUNK_BYTES;
    for (long chunk = offset / ChunkLayout.CHUNK_BYTES; chunk <= last; chunk++) {
      warm(chunk);
      if (tracing && !traced.contains(chunk)) {
        trace(chunk);
      }
    }
  }

  /// What a snapshot keeps. What was read until now counts as a little colder from here on.
  public Hints hints() {
    byte[] map = map();
    cool();
    synchronized (this) {
      return new Hints(map, trace.isEmpty() ? traceBefore : trace);
    }
  }

  private void warm(long chunk) {
    byte[] part = part((int) (chunk / CHUNKS_PER_BYTE / PART_BYTES));
    int at = (int) (chunk / CHUNKS_PER_BYTE % PART_BYTES);
    int bits = HOTTEST << 2 * (int) (chunk % CHUNKS_PER_BYTE);
    if ((part[at] & bits) != bits) {
      part[at] |= (byte) bits;
    }
  }

  private byte[] part(int index) {
    byte[] there = heat.get(index);
    if (there != null) {
      return there;
    }
    heat.compareAndSet(index, null, new byte[PART_BYTES]);
    return heat.get(index);
  }

  private synchronized void trace(long chunk) {
    if (trace.size() < TRACED_CHUNKS && traced.add(chunk)) {
      trace.add(chunk);
      tracing = trace.size() < TRACED_CHUNKS;
    }
  }

  /// The whole map, without what is cold at its end.
  private byte[] map() {
    int length = 0;
    for (int i = 0; i < heat.length(); i++) {
      byte[] part = heat.get(i);
      for (int at = PART_BYTES - 1; part != null && at >= 0; at--) {
        if (part[at] != 0) {
          length = i * PART_BYTES + at + 1;
          break;
        }
      }
    }
    byte[] map = new byte[length];
    for (int at = 0; at < length; at += PART_BYTES) {
      byte[] part = heat.get(at / PART_BYTES);
      if (part != null) {
        System.arraycopy(part, 0, map, at, Math.min(PART_BYTES, length - at));
      }
    }
    return map;
  }

  /// Takes one from each pair of bits that is not 0.
  private void cool() {
    for (int i = 0; i < heat.length(); i++) {
      byte[] part = heat.get(i);
      for (int at = 0; part != null && at < PART_BYTES; at++) {
        int pairs = part[at];
        int notCold = (pairs | pairs >>> 1) & 0x55;
        part[at] = (byte) (pairs - notCold);
      }
    }
  }
}
