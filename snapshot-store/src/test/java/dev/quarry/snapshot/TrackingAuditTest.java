package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.objects.MemoryStore;
import dev.quarry.volume.ChunkLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What the audit promises: a chunk that changed without a mark, in a volume of n chunks up to 78
/// GiB, is found by the next incremental with probability 16 / n at least (about: draws may meet),
/// and so within 0.3 n of them with 99 %: (1 - 16 / n) ^ 0.3 n = e ^ -4.8 = 0.8 %.
class TrackingAuditTest {
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;
  private static final double PROMISE = 0.3;

  @Test
  void oneSkippedMark_isDrawnWithinThePromise() {
    for (int chunkCount : new int[] {20, 300, 2048, 40_960}) {
      Random random = new Random(chunkCount);
      int trials = 1000;
      int[] incrementals = new int[trials];
      for (int i = 0; i < trials; i++) {
        long wrong = random.nextInt(chunkCount);
        do {
          incrementals[i]++;
        } while (incrementals[i] <= 2 * PROMISE * chunkCount
            && !TrackingAudit.sample(chunkCount, random).contains(wrong));
      }
      Arrays.sort(incrementals);
      assertTrue(
          incrementals[trials * 98 / 100] <= Math.ceil(PROMISE * chunkCount),
          chunkCount + " chunks: " + incrementals[trials * 98 / 100]);
    }
  }

  @Test
  void oneSkippedMark_isFoundBySnapshotsWithinThePromise() {
    int chunks = 100;
    Seals seals = Samples.plain();
    SnapshotService service =
        new SnapshotService(
            MemoryStore.create(),
            _ -> seals,
            Anchors.none(),
            Samples.CLOCK,
            new Random(5),
            new WriterLimits(2, 4, 1 << 20));
    service.takeOver(Samples.VOLUME);
    ByteVolume volume = new ByteVolume(chunks * CHUNK);
    volume.write(0, new byte[] {1});
    ParentSnapshot parent = take(service, volume, Optional.empty());
    volume.spoil(57 * CHUNK + 9, new byte[] {7});
    int incrementals = 0;
    SnapshotException.Suspect found = null;
    while (found == null) {
      incrementals++;
      assertTrue(incrementals <= PROMISE * chunks, "not found in " + incrementals);
      try {
        parent = take(service, volume, Optional.of(parent));
      } catch (SnapshotException.Suspect e) {
        found = e;
      }
    }
    assertTrue(found.getMessage().contains("chunk=57"), found.getMessage());
  }

  private static ParentSnapshot take(
      SnapshotService service, ByteVolume volume, Optional<ParentSnapshot> parent) {
    return Samples.begin(
            service,
            new SnapshotRequest(
                Samples.VOLUME,
                volume.freeze(parent.map(ParentSnapshot::cutEpoch).orElse(0L)),
                parent,
                "",
                Map.of(),
                Map.of(),
                Hints.NONE),
            5)
        .await();
  }
}
