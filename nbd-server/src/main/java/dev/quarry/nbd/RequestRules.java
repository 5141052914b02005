package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Requests;
import java.lang.foreign.MemorySegment;

/// Which requests of a connection are refused, and why, before anything is done: by what was
/// negotiated, and by the device they are for.
final class RequestRules {
  private static final int FILTER_LENGTH_BYTES = 8;

  private final BlockDevice device;
  private final boolean structured;
  private final boolean extended;
  private final int contexts;

  /// @param contexts how many metadata contexts were negotiated
  RequestRules(BlockDevice device, ReplyStyle style, int contexts) {
    this.device = device;
    this.structured = style != ReplyStyle.SIMPLE;
    this.extended = style == ReplyStyle.EXTENDED;
    this.contexts = contexts;
  }

  /// Checks a request as its header describes it.
  Refusal check(Request request) {
    return switch (request.command()) {
      case READ ->
          first(
              flags(request, structured ? Wire.FLAG_DF : 0),
              noPayload(request),
              size(request),
              range(request, Refusal.PAST_END));
      case WRITE ->
          first(
              flags(request, 0),
              first(payload(request), writable()),
              size(request),
              range(request, Refusal.NO_SPACE_PAST_END));
      case FLUSH -> first(flags(request, 0), noPayload(request), reserved(request));
      case TRIM ->
          first(
              flags(request, 0), noPayload(request), writable(), range(request, Refusal.PAST_END));
      case CACHE -> first(flags(request, 0), noPayload(request), range(request, Refusal.PAST_END));
      case WRITE_ZEROES -> zeroes(request);
      case BLOCK_STATUS -> status(request);
      case DISCONNECT -> Refusal.NONE;
      case UNKNOWN -> Refusal.UNKNOWN_COMMAND;
    };
  }

  /// Takes over the payload of a BLOCK_STATUS: `8 length of the range | n x 4 context`.
  Refusal takeFilter(Request request, MemorySegment from, long at) {
    long length = from.get(Wire.LONG, at);
    long chosen = 0;
    boolean good = true;
    for (long i = FILTER_LENGTH_BYTES; i < request.payloadBytes(); i += Integer.BYTES) {
      int context = from.get(Wire.INT, at + i);
      boolean known = context >= 1 && context <= contexts;
      long bit = known ? 1L << context - 1 : 0;
      good &= known && (chosen & bit) == 0;
      chosen |= bit;
    }
    request.narrowTo(length, chosen);
    return first(good ? Refusal.NONE : Refusal.WRONG_CONTEXT, statusRange(request));
  }

  private Refusal zeroes(Request request) {
    Refusal refusal =
        first(
            flags(request, Wire.FLAG_NO_HOLE | Wire.FLAG_FAST_ZERO),
            noPayload(request),
            writable(),
            range(request, Refusal.NO_SPACE_PAST_END));
    if (refusal == Refusal.NONE
        && request.flagged(Wire.FLAG_FAST_ZERO)
        && !device.zeroesFast(request.offset(), request.length(), request.zeroMode())) {
      return Refusal.NOT_FAST;
    }
    return refusal;
  }

  private Refusal status(Request request) {
    Refusal flags = flags(request, Wire.FLAG_REQ_ONE);
    if (contexts == 0) {
      return first(flags, noPayload(request), Refusal.NO_CONTEXT);
    }
    long payload = request.payloadBytes();
    if (payload == 0) {
      return first(flags, statusRange(request));
    }
    long ids = (payload - FILTER_LENGTH_BYTES) / Integer.BYTES;
    boolean good = payload % Integer.BYTES == 0 && ids >= 1 && ids <= contexts;
    return first(flags, good ? Refusal.NONE : Refusal.WRONG_CONTEXT);
  }

  private Refusal statusRange(Request request) {
    return first(
        request.length() == 0 ? Refusal.EMPTY_RANGE : Refusal.NONE,
        range(request, Refusal.PAST_END));
  }

  private static Refusal first(Refusal a, Refusal b) {
    return a != Refusal.NONE ? a : b;
  }

  private static Refusal first(Refusal a, Refusal b, Refusal c) {
    return first(first(a, b), c);
  }

  private static Refusal first(Refusal a, Refusal b, Refusal c, Refusal d) {
    return first(first(a, b), first(c, d));
  }

  /// Forced unit access is allowed on every command, whether it means anything there or not.
  private Refusal flags(Request request, int allowed) {
    int known = Wire.FLAG_FUA | allowed | (extended ? Wire.FLAG_PAYLOAD : 0);
    return (request.flags() & ~known) == 0 ? Refusal.NONE : Refusal.WRONG_FLAG;
  }

  private static Refusal noPayload(Request request) {
    return request.flagged(Wire.FLAG_PAYLOAD) ? Refusal.WRONG_PAYLOAD : Refusal.NONE;
  }

  private Refusal payload(Request request) {
    return extended && !request.flagged(Wire.FLAG_PAYLOAD) ? Refusal.NO_PAYLOAD : Refusal.NONE;
  }

  private Refusal writable() {
    return device.readOnly() ? Refusal.READ_ONLY : Refusal.NONE;
  }

  private static Refusal size(Request request) {
    boolean good = Long.compareUnsigned(request.length(), Wire.PAYLOAD_LIMIT_BYTES) <= 0;
    return good ? Refusal.NONE : Refusal.TOO_LONG;
  }

  private Refusal range(Request request, Refusal outside) {
    return Requests.inside(request.offset(), request.length(), device.sizeBytes())
        ? Refusal.NONE
        : outside;
  }

  private static Refusal reserved(Request request) {
    return request.offset() == 0 && request.length() == 0 ? Refusal.NONE : Refusal.WRONG_FLUSH;
  }
}
