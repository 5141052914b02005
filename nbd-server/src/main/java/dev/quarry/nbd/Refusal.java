package dev.quarry.nbd;

import dev.quarry.block.VolumeException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// Why a request is answered with an error: the number for the client's program and a text for the
/// people who run it. A text says nothing of the server that a client may not know.
enum Refusal {
  /// None: it is carried out.
  NONE(WireError.NONE, ""),

  UNKNOWN_COMMAND(WireError.EINVAL, "unknown command"),
  WRONG_FLAG(WireError.EINVAL, "a flag does not belong to this command"),
  WRONG_PAYLOAD(WireError.EINVAL, "a payload does not belong to this command"),
  NO_PAYLOAD(WireError.EINVAL, "the flag for a payload is missing"),
  WRONG_FLUSH(WireError.EINVAL, "offset and length of a flush must be 0"),
  NO_CONTEXT(WireError.EINVAL, "no metadata context was negotiated"),
  WRONG_CONTEXT(WireError.EINVAL, "unknown or repeated metadata contexts"),
  EMPTY_RANGE(WireError.EINVAL, "the length must not be 0"),
  TOO_LONG(WireError.EOVERFLOW, "longer than 32 MiB"),
  PAST_END(WireError.EINVAL, "past the end of the export"),
  NO_SPACE_PAST_END(WireError.ENOSPC, "past the end of the export"),
  READ_ONLY(WireError.EPERM, "the export is read-only"),
  NOT_FAST(WireError.ENOTSUP, "zeroing would not be fast here"),

  FULL(WireError.ENOSPC, "no space left on the server"),
  UNAVAILABLE(WireError.EIO, "the server's disk or store failed"),
  CORRUPT(WireError.EIO, "what is stored is not what was written"),
  DETACHED(WireError.ESHUTDOWN, "the export was taken away");

  private final int error;
  private final MemorySegment text;

  Refusal(int error, String text) {
    this.error = error;
    this.text = MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8)).asReadOnly();
  }

  /// What tells a client of a device's failure.
  static Refusal of(VolumeException failure) {
    return switch (failure) { // no default: a new kind must be answered here
      case VolumeException.OutOfRange e -> e.isWrite() ? NO_SPACE_PAST_END : PAST_END;
      case VolumeException.ReadOnly _ -> READ_ONLY;
      case VolumeException.Full _ -> FULL;
      case VolumeException.Unavailable _ -> UNAVAILABLE;
      case VolumeException.Corrupt _ -> CORRUPT;
      case VolumeException.Detached _ -> DETACHED;
    };
  }

  /// The number of the reply, of [WireError].
  int error() {
    return error;
  }

  /// The text in UTF-8, at most [#TEXT_LIMIT_BYTES].
  MemorySegment text() {
    return text;
  }

  /// Whether it is the range that is wrong, so that a place in it can be named.
  boolean ofRange() {
    return this == PAST_END || this == NO_SPACE_PAST_END;
  }

  static final int TEXT_LIMIT_BYTES = 64;
}
