package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.snapshot.LogBody.LockMode;
import dev.quarry.snapshot.LogBody.SnapshotRef;
import dev.quarry.snapshot.SnapshotRoot.About;
import dev.quarry.snapshot.SnapshotRoot.Counts;
import dev.quarry.snapshot.SnapshotRoot.PackRun;
import dev.quarry.snapshot.SnapshotRoot.Parent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogAndRootCodecTest {
  private static final Mac MAC = Mac.of(Samples.bytes(1, 32));
  private static final Bits128 SALT = new Bits128(3, 4);

  /// One of each type, in the order of their numbers.
  private static final List<LogBody> BODIES =
      List.of(
          new LogBody.Open(3),
          new LogBody.Begin(
              9,
              Samples.id(9),
              Optional.of(new SnapshotRef(Samples.OTHER_VOLUME, 8)),
              77,
              1L << 40),
          new LogBody.Commit(9, -2, MAC, 1 << 30, 1 << 20),
          new LogBody.Abort(9, "Gründe"),
          new LogBody.Trash(9, 1_800_000_000_000L),
          new LogBody.Untrash(9),
          new LogBody.Delete(9),
          new LogBody.Collected(9),
          new LogBody.Pin(SALT, 9, Samples.OTHER_VOLUME),
          new LogBody.Unpin(SALT),
          new LogBody.Redirect(
              List.of(
                  new LogBody.Moved(
                      Samples.pack(PackKind.DATA, 1), Samples.pack(PackKind.DATA, 2), 80, 12345))),
          new LogBody.Rekey(SALT, 2),
          new LogBody.Lock(9, LockMode.COMPLIANCE, 5, 6));

  @Test
  void entry_ofEachType_readsBackAndStaysReadable() {
    for (boolean encrypted : List.of(false, true)) {
      Seals seals = Samples.seals(encrypted);
      FieldWriter all = new FieldWriter();
      for (LogBody body : BODIES) {
        byte[] bytes = LogCodec.encode(seals, entry(body));
        assertEquals(entry(body), LogCodec.decode(seals, "e", bytes));
        all.raw(bytes);
      }
      Golden.check(encrypted ? "log-v1-sealed.bin" : "log-v1.bin", all.toByteArray());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void entry_damagedAnywhere_isRefused(boolean encrypted) {
    Seals seals = Samples.seals(encrypted);
    for (LogBody body : BODIES) {
      byte[] bytes = LogCodec.encode(seals, entry(body));
      Damage.everyByte("e", bytes, damaged -> LogCodec.decode(seals, "e", damaged));
      Damage.everyLength("e", bytes, damaged -> LogCodec.decode(seals, "e", damaged));
    }
  }

  @Test
  void entry_underAnotherKey_isRefused() {
    byte[] bytes = LogCodec.encode(Samples.encrypted(1), entry(BODIES.getFirst()));
    Damage.refused("e", "key", () -> LogCodec.decode(Samples.encrypted(2), "e", bytes));
    Damage.refused("e", "no key", () -> LogCodec.decode(Samples.plain(), "e", bytes));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void checkpoint_damagedAnywhere_isRefused(boolean encrypted) {
    Seals seals = Samples.seals(encrypted);
    Lineage state = lineage(seals);
    byte[] bytes = CheckpointCodec.encode(seals, state);
    assertEquals(state, CheckpointCodec.decode(seals, "c", Samples.VOLUME, state.number(), bytes));
    byte[] golden =
        Golden.check(encrypted ? "checkpoint-v1-sealed.bin" : "checkpoint-v1.bin", bytes);
    assertEquals(state, CheckpointCodec.decode(seals, "c", Samples.VOLUME, state.number(), golden));
    Damage.everyByte(
        "c", bytes, bad -> CheckpointCodec.decode(seals, "c", Samples.VOLUME, state.number(), bad));
    Damage.everyLength(
        "c", bytes, bad -> CheckpointCodec.decode(seals, "c", Samples.VOLUME, state.number(), bad));
    Damage.refused(
        "c", "place", () -> CheckpointCodec.decode(seals, "c", Samples.VOLUME, 99, bytes));
    Damage.refused(
        "c",
        "volume",
        () -> CheckpointCodec.decode(seals, "c", Samples.OTHER_VOLUME, state.number(), bytes));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void root_damagedAnywhere_isRefused(boolean encrypted) {
    Seals seals = Samples.seals(encrypted);
    SnapshotRoot root = root();
    byte[] bytes = RootCodec.encode(seals, root, 5, SALT);
    assertEquals(root, RootCodec.decode(seals, "r", Samples.VOLUME, 7, 5, bytes));
    byte[] golden = Golden.check(encrypted ? "root-v1-sealed.bin" : "root-v1.bin", bytes);
    assertEquals(root, RootCodec.decode(seals, "r", Samples.VOLUME, 7, 5, golden));
    Damage.everyByte("r", bytes, bad -> RootCodec.decode(seals, "r", Samples.VOLUME, 7, 5, bad));
    Damage.everyLength("r", bytes, bad -> RootCodec.decode(seals, "r", Samples.VOLUME, 7, 5, bad));
    Damage.refused("r", "seq", () -> RootCodec.decode(seals, "r", Samples.VOLUME, 8, 5, bytes));
    Damage.refused("r", "attempt", () -> RootCodec.decode(seals, "r", Samples.VOLUME, 7, 6, bytes));
    Damage.refused(
        "r", "volume", () -> RootCodec.decode(seals, "r", Samples.OTHER_VOLUME, 7, 5, bytes));
  }

  @Test
  void pointer_damagedAnywhere_isRefused() {
    byte[] bytes = PointerCodec.encode(Samples.VOLUME);
    assertEquals(Samples.VOLUME, PointerCodec.decode("i", Golden.check("pointer-v1.bin", bytes)));
    Damage.everyByte("i", bytes, bad -> PointerCodec.decode("i", bad));
    Damage.everyLength("i", bytes, bad -> PointerCodec.decode("i", bad));
  }

  private static LogEntry entry(LogBody body) {
    return new LogEntry(
        Samples.VOLUME, 12, 3, 1_767_225_600_000L, new Bits128(1, 2), SALT, MAC, body);
  }

  private static Lineage lineage(Seals seals) {
    Lineage state = Lineage.empty(Samples.VOLUME, seals.keyId());
    List<LogBody> bodies =
        List.of(
            new LogBody.Open(1),
            LineageLogTest.begin(1, Optional.empty()),
            LineageLogTest.commitBody(1),
            new LogBody.Lock(1, LockMode.GOVERNANCE, 0, 5),
            LineageLogTest.begin(2, Optional.of(1L)),
            new LogBody.Abort(2, "why"),
            LineageLogTest.begin(3, Optional.of(1L)),
            new LogBody.Pin(SALT, 1, Samples.OTHER_VOLUME),
            new LogBody.Redirect(
                List.of(
                    new LogBody.Moved(
                        new PackId(Samples.VOLUME, 1, 1, PackKind.MANIFEST, 1),
                        new PackId(Samples.VOLUME, 1, 2, PackKind.MANIFEST, 2),
                        80,
                        12345))));
    for (LogBody body : bodies) {
      LogEntry entry =
          new LogEntry(Samples.VOLUME, state.number() + 1, 1, 1000, SALT, SALT, state.mac(), body);
      state = state.with(entry, LogCodec.macOf(LogCodec.encode(seals, entry)));
    }
    return state;
  }

  private static SnapshotRoot root() {
    Random random = new Random(4);
    var manifestPacks = SnapshotRoot.packMap();
    manifestPacks.put(PackRef.of(Samples.pack(PackKind.MANIFEST, 0)), 12345L);
    return new SnapshotRoot(
        new About(
            Samples.VOLUME,
            7,
            Samples.id(7),
            1L << 40,
            99,
            1_767_225_600_000L,
            "before the upgrade",
            Map.of("Name", "db", "env", "prod"),
            Map.of("kmsKeyId", "alias/quarry"),
            Optional.of(Samples.OTHER_VOLUME)),
        Optional.of(new Parent(Samples.VOLUME, 6, MAC)),
        List.of(SALT),
        Optional.of(
            new PageRef(
                PageCodecProperties.ref(random, FrameKind.INNER, 2, 0, 5000),
                new Bits128(8, 9),
                44)),
        manifestPacks,
        List.of(new PackRun(PackKind.DATA, 5, 0, 12), new PackRun(PackKind.MANIFEST, 5, 0, 1)),
        new Counts(44, 12, 1000, 500),
        List.of(
            PageCodecProperties.ref(random, FrameKind.HEAT, 0, 0, 100),
            PageCodecProperties.ref(random, FrameKind.HEAT, 0, 1, 100)),
        Optional.of(PageCodecProperties.ref(random, FrameKind.TRACE, 0, 0, 10)));
  }
}
