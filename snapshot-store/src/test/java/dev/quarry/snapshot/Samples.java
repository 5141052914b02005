package dev.quarry.snapshot;

import dev.quarry.crypto.DataKey;
import dev.quarry.crypto.InsecureKeyAccess;
import dev.quarry.objects.ObjectStore;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/// Values that tests of this package share.
final class Samples {
  static final UUID VOLUME = UUID.fromString("6f1c2b3a-4d5e-4f60-8a7b-9c0d1e2f3a4b");
  static final UUID OTHER_VOLUME = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(1_767_225_600_000L), ZoneOffset.UTC);

  private Samples() {}

  /// An encrypted lineage's seals; the same key each time for one seed.
  static Seals encrypted(int seed) {
    byte[] raw = new byte[DataKey.SIZE_BYTES];
    new Random(seed).nextBytes(raw);
    return new DataKeySeals(DataKey.insecureOf(raw, InsecureKeyAccess.granted()));
  }

  static Seals plain() {
    return new ChecksumSeals();
  }

  static Seals seals(boolean encrypted) {
    return encrypted ? encrypted(1) : plain();
  }

  /// Reads frames of a lineage whose log has no entry.
  static FrameFetcher frames(ObjectStore store, Seals seals) {
    return new LineageLogs(store, _ -> seals, Anchors.none(), CLOCK, new Random(1)).frames(VOLUME);
  }

  static PackId pack(PackKind kind, int number) {
    return new PackId(VOLUME, 7, 0x0123456789abcdefL, kind, number);
  }

  /// Begins a snapshot that nobody remembers.
  static PendingSnapshot begin(SnapshotService service, SnapshotRequest request, int maxPending) {
    return service.create(new SnapshotService.Member(request, maxPending, _ -> {}));
  }

  /// Begins snapshots of one instant that nobody remembers.
  static List<PendingSnapshot> beginTogether(
      SnapshotService service, List<SnapshotRequest> requests, int maxPending) {
    return service.createGroup(
        requests.stream()
            .map(request -> new SnapshotService.Member(request, maxPending, _ -> {}))
            .toList());
  }

  /// The contents of a snapshot that nobody pinned.
  static SnapshotSource source(SnapshotService service, SnapshotId id) {
    return new SnapshotSource(service.reader(id));
  }

  static byte[] bytes(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static SnapshotId id(int n) {
    return new SnapshotId("snap-%017x".formatted(n));
  }
}
