package dev.quarry.snapshot;

import dev.quarry.snapshot.LogBody.LockMode;
import dev.quarry.snapshot.LogBody.Moved;
import dev.quarry.snapshot.LogBody.SnapshotRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The bodies of log entries as bytes; the number of each type is on its line.
final class LogBodyCodec {
  private static final int OPEN = 1;
  private static final int BEGIN = 2;
  private static final int COMMIT = 3;
  private static final int ABORT = 4;
  private static final int TRASH = 5;
  private static final int UNTRASH = 6;
  private static final int DELETE = 7;
  private static final int COLLECTED = 8;
  private static final int PIN = 9;
  private static final int UNPIN = 10;
  private static final int REDIRECT = 11;
  private static final int REKEY = 12;
  private static final int LOCK = 13;

  private LogBodyCodec() {}

  /// Writes a body.
  ///
  /// @return the number of its type
  static int write(FieldWriter out, LogBody body) {
    return switch (body) {
      case LogBody.Open open -> {
        out.varint(open.writerEpoch());
        yield OPEN;
      }
      case LogBody.Begin begin -> {
        out.varint(begin.seq()).text(begin.id().text());
        out.flag(begin.parent().isPresent());
        begin.parent().ifPresent(base -> out.uuid(base.volume()).varint(base.seq()));
        out.varint(begin.cutEpoch()).varint(begin.sizeBytes());
        yield BEGIN;
      }
      case LogBody.Commit commit -> {
        out.varint(commit.seq()).u64(commit.attempt()).mac(commit.rootMac());
        out.varint(commit.fullBytes()).varint(commit.storedBytes());
        yield COMMIT;
      }
      case LogBody.Abort abort -> {
        out.varint(abort.seq()).text(abort.reason());
        yield ABORT;
      }
      case LogBody.Trash trash -> {
        out.varint(trash.seq()).varint(trash.untilMillis());
        yield TRASH;
      }
      case LogBody.Untrash untrash -> {
        out.varint(untrash.seq());
        yield UNTRASH;
      }
      case LogBody.Delete delete -> {
        out.varint(delete.seq());
        yield DELETE;
      }
      case LogBody.Collected collected -> {
        out.varint(collected.seq());
        yield COLLECTED;
      }
      case LogBody.Pin pin -> {
        out.bits(pin.pin()).varint(pin.seq()).uuid(pin.user());
        yield PIN;
      }
      case LogBody.Unpin unpin -> {
        out.bits(unpin.pin());
        yield UNPIN;
      }
      case LogBody.Redirect redirect -> {
        out.varint(redirect.packs().size());
        redirect.packs().forEach(moved -> putMoved(out, moved));
        yield REDIRECT;
      }
      case LogBody.Rekey rekey -> {
        out.bits(rekey.keyId()).varint(rekey.revision());
        yield REKEY;
      }
      case LogBody.Lock lock -> {
        out.varint(lock.seq()).u8(lock.mode().ordinal());
        out.varint(lock.coolOffUntilMillis()).varint(lock.untilMillis());
        yield LOCK;
      }
    };
  }

  static LogBody read(int type, FieldReader in) {
    LogBody body =
        switch (type) {
          case OPEN -> new LogBody.Open(in.varint());
          case BEGIN -> new LogBody.Begin(seq(in), id(in), base(in), in.varint(), in.varint());
          case COMMIT -> new LogBody.Commit(seq(in), in.u64(), in.mac(), in.varint(), in.varint());
          case ABORT -> new LogBody.Abort(seq(in), in.text());
          case TRASH -> new LogBody.Trash(seq(in), in.varint());
          case UNTRASH -> new LogBody.Untrash(seq(in));
          case DELETE -> new LogBody.Delete(seq(in));
          case COLLECTED -> new LogBody.Collected(seq(in));
          case PIN -> new LogBody.Pin(in.bits(), seq(in), in.uuid());
          case UNPIN -> new LogBody.Unpin(in.bits());
          case REDIRECT -> redirect(in);
          case REKEY -> new LogBody.Rekey(in.bits(), in.varint());
          case LOCK -> new LogBody.Lock(seq(in), mode(in), in.varint(), in.varint());
          // What an entry of an unknown type changes cannot be known: read no further.
          default -> throw in.corrupt("log entry of an unknown type " + type);
        };
    in.end();
    return body;
  }

  static void putMoved(FieldWriter out, Moved moved) {
    putPack(out, moved.from());
    putPack(out, moved.to());
    out.varint(moved.offset()).varint(moved.length());
  }

  static Moved moved(FieldReader in) {
    return new Moved(pack(in), pack(in), in.varint(), in.varint());
  }

  static SnapshotId id(FieldReader in) {
    String text = in.text();
    try {
      return new SnapshotId(text);
    } catch (IllegalArgumentException e) {
      throw in.corrupt("not a snapshot id");
    }
  }

  static Optional<SnapshotRef> base(FieldReader in) {
    return in.flag() ? Optional.of(new SnapshotRef(in.uuid(), seq(in))) : Optional.empty();
  }

  static LockMode mode(FieldReader in) {
    int mode = in.u8();
    in.check(mode < LockMode.values().length, "unknown mode of lock");
    return LockMode.values()[mode];
  }

  static long seq(FieldReader in) {
    long seq = in.varint();
    in.check(seq > 0, "no snapshot has the number 0");
    return seq;
  }

  private static LogBody redirect(FieldReader in) {
    List<Moved> packs = new ArrayList<>();
    for (int i = in.count(50); i > 0; i--) {
      packs.add(moved(in));
    }
    return new LogBody.Redirect(packs);
  }

  private static void putPack(FieldWriter out, PackId id) {
    out.uuid(id.volume()).varint(id.seq()).u64(id.attempt()).u8(id.kind().code());
    out.varint(id.number());
  }

  private static PackId pack(FieldReader in) {
    return new PackId(
        in.uuid(), seq(in), in.u64(), PackKind.of(in.u8(), in), in.varint(Integer.MAX_VALUE));
  }
}
