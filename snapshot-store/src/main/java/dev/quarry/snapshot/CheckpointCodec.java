package dev.quarry.snapshot;

import dev.quarry.snapshot.LogBody.Moved;
import dev.quarry.snapshot.SnapshotState.Phase;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// A [Lineage] as bytes: a hint that saves reading the log from its beginning. What it says can be
/// had from the entries, so a damaged one is passed over.
///
/// ```
///  0  "QCKP"   4  u16 version 1   6  u8 seal scheme   7  u8 0   8  key id (16)
/// 24  volume (16)   40  u64 number   48  MAC of that entry (32)   80  u32 length of the body
/// 84  body   …  MAC (32) of everything before
/// ```
final class CheckpointCodec {
  static final int VERSION = 1;
  private static final byte[] MAGIC = "QCKP".getBytes(StandardCharsets.US_ASCII);

  private CheckpointCodec() {}

  static byte[] encode(Seals seals, Lineage state) {
    byte[] body = body(state);
    FieldWriter out =
        new FieldWriter()
            .raw(MAGIC)
            .u16(VERSION)
            .u8(seals.scheme())
            .u8(0)
            .bits(seals.keyId())
            .uuid(state.volume())
            .u64(state.number())
            .mac(state.mac())
            .u32(body.length)
            .raw(body);
    byte[] covered = out.toByteArray();
    return out.mac(seals.mac(covered, covered.length)).toByteArray();
  }

  static Lineage decode(Seals seals, String object, UUID volume, long number, byte[] bytes) {
    FieldReader in = new FieldReader(object, bytes);
    in.expect(MAGIC, "not a checkpoint");
    in.check(in.u16() == VERSION, "checkpoint of an unknown version");
    in.check(in.u8() == seals.scheme() && in.u8() == 0, "checkpoint is sealed in another way");
    in.check(in.bits().equals(seals.keyId()), "checkpoint is sealed under another key");
    in.check(in.uuid().equals(volume), "checkpoint of another volume lies here");
    in.check(in.u64() == number, "another checkpoint lies here");
    Mac entryMac = in.mac();
    int bodyLength = in.int32();
    in.check(in.remaining() == bodyLength + (long) Mac.BYTES, "checkpoint has another length");
    byte[] body = in.raw(bodyLength);
    in.check(
        in.mac().equals(seals.mac(bytes, bytes.length - Mac.BYTES)),
        "checkpoint is not what was sealed");
    return body(new FieldReader(object, body), volume, number, entryMac);
  }

  private static byte[] body(Lineage state) {
    FieldWriter out = new FieldWriter();
    out.varint(state.writerEpoch()).varint(state.lastSeq());
    out.bits(state.keyId()).varint(state.keyRevision());
    out.varint(state.snapshots().size());
    state.snapshots().values().forEach(snapshot -> putSnapshot(out, snapshot));
    out.varint(state.pins().size());
    state.pins().values().stream()
        .sorted(Comparator.comparing(pin -> pin.pin().toString()))
        .forEach(pin -> putBody(out, pin));
    out.varint(state.redirects().size());
    state.redirects().values().stream()
        .sorted(Comparator.comparing(moved -> moved.from().objectName()))
        .forEach(moved -> LogBodyCodec.putMoved(out, moved));
    return out.toByteArray();
  }

  private static Lineage body(FieldReader in, UUID volume, long number, Mac mac) {
    long writerEpoch = in.varint();
    long lastSeq = in.varint();
    Bits128 keyId = in.bits();
    long keyRevision = in.varint();
    SortedMap<Long, SnapshotState> snapshots = new TreeMap<>();
    for (int i = in.count(30); i > 0; i--) {
      SnapshotState snapshot = snapshot(in);
      snapshots.put(snapshot.seq(), snapshot);
    }
    Map<Bits128, LogBody.Pin> pins = new HashMap<>();
    for (int i = in.count(33); i > 0; i--) {
      LogBody.Pin pin = body(in, LogBody.Pin.class);
      pins.put(pin.pin(), pin);
    }
    Map<PackId, Moved> redirects = new HashMap<>();
    for (int i = in.count(50); i > 0; i--) {
      Moved moved = LogBodyCodec.moved(in);
      redirects.put(moved.from(), moved);
    }
    in.end();
    return new Lineage(
        volume, number, mac, writerEpoch, lastSeq, snapshots, pins, redirects, keyId, keyRevision);
  }

  private static void putSnapshot(FieldWriter out, SnapshotState snapshot) {
    putBody(out, snapshot.begin());
    out.varint(snapshot.beginMillis()).u8(snapshot.phase().ordinal());
    out.flag(snapshot.outcome().isPresent());
    snapshot.outcome().ifPresent(commit -> putBody(out, commit));
    out.varint(snapshot.phaseMillis()).varint(snapshot.untilMillis()).text(snapshot.reason());
    out.flag(snapshot.lock().isPresent());
    snapshot.lock().ifPresent(lock -> putBody(out, lock));
  }

  private static SnapshotState snapshot(FieldReader in) {
    LogBody.Begin begin = body(in, LogBody.Begin.class);
    long beginMillis = in.varint();
    int phase = in.u8();
    in.check(phase < Phase.values().length, "unknown phase");
    Optional<LogBody.Commit> outcome = optional(in, LogBody.Commit.class);
    return new SnapshotState(
        begin,
        beginMillis,
        Phase.values()[phase],
        outcome,
        in.varint(),
        in.varint(),
        in.text(),
        optional(in, LogBody.Lock.class));
  }

  private static <T extends LogBody> Optional<T> optional(FieldReader in, Class<T> type) {
    return in.flag() ? Optional.of(body(in, type)) : Optional.empty();
  }

  /// A body as in the log, behind its type and its length.
  private static void putBody(FieldWriter out, LogBody body) {
    FieldWriter written = new FieldWriter();
    int type = LogBodyCodec.write(written, body);
    byte[] bytes = written.toByteArray();
    out.u8(type).varint(bytes.length).raw(bytes);
  }

  private static <T extends LogBody> T body(FieldReader in, Class<T> type) {
    int number = in.u8();
    byte[] bytes = in.raw(in.varint(in.remaining()));
    LogBody body = LogBodyCodec.read(number, in.inside(bytes));
    in.check(type.isInstance(body), "another kind of entry");
    return type.cast(body);
  }
}
