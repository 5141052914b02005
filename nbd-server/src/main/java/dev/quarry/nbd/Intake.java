package dev.quarry.nbd;

import java.lang.foreign.MemorySegment;

/// Takes requests off the input one by one: decoded, checked, and with their whole payload.
///
/// A payload is left in the input where it fits, else it gets a buffer of its own, which takes
/// memory only after its length was found good. The payload of a refused request is taken off and
/// dropped, piece by piece.
final class Intake {
  /// What there is to do with the [#request].
  enum State {
    /// Nothing before more bytes arrive.
    NEEDS_INPUT,
    /// Nothing before there is a buffer for its payload.
    NEEDS_BUFFER,
    /// Refuse it, or carry it out, and then [#release] it.
    READY,
    /// Nothing any more: it was the last.
    DISCONNECT
  }

  private final Input input;
  private final ReplyStyle style;
  private final RequestRules rules;
  private final Buffers buffers;
  private final Request request = new Request();
  private boolean begun; // the request is decoded
  private Refusal refusal = Refusal.NONE;
  private long missingBytes; // of the payload, where it is not left in the input
  private Buffer payload; // where it is not left in the input

  Intake(Input input, ReplyStyle style, RequestRules rules, Buffers buffers) {
    this.input = input;
    this.style = style;
    this.rules = rules;
    this.buffers = buffers;
  }

  State next() throws ProtocolBreach {
    if (!begun && !begin()) {
      return State.NEEDS_INPUT;
    }
    if (request.command() == Command.DISCONNECT) {
      return State.DISCONNECT;
    }
    long length = request.payloadBytes();
    if (length == 0) {
      return State.READY;
    }
    if (refusal != Refusal.NONE) {
      return drop();
    }
    if (length <= Input.CAPACITY) {
      if (input.available() < length) {
        return State.NEEDS_INPUT;
      }
      if (request.command() == Command.BLOCK_STATUS) {
        takeFilter();
      }
      return State.READY;
    }
    return collect();
  }

  Request request() {
    return request;
  }

  /// Why the request is refused, or [Refusal#NONE].
  Refusal refusal() {
    return refusal;
  }

  /// The memory that holds the payload, from [#payloadAt] on.
  MemorySegment payload() {
    return payload == null ? input.memory() : payload.memory();
  }

  long payloadAt() {
    return payload == null ? input.at() : Buffer.DATA_AT;
  }

  /// Takes the payload's own buffer over, or null if the payload lies in the input.
  Buffer takePayload() {
    Buffer taken = payload;
    payload = null;
    return taken;
  }

  /// Whether bytes have arrived behind the request that is ready.
  boolean hasMore() {
    return input.available() > inInput();
  }

  /// Done with the request that was ready.
  void release() {
    input.skip(inInput());
    dropPayload();
    begun = false;
  }

  /// Where received bytes go, for up to [#room] of them.
  long address() {
    return collecting()
        ? payload.memory().address() + Buffer.DATA_AT + request.length() - missingBytes
        : input.address();
  }

  /// How many bytes may be received now; 0 while no more can be kept.
  long room() {
    if (collecting()) {
      return missingBytes;
    }
    input.makeRoom(begun ? Math.max(inInput(), 1) : Request.headerBytes(style));
    return input.room();
  }

  void received(long count) {
    if (collecting()) {
      missingBytes -= count;
    } else {
      input.received(count);
    }
  }

  /// Whether a payload has a buffer of its own and has not arrived wholly.
  boolean holdsBuffer() {
    return collecting();
  }

  /// Gives back what is held: no more requests are taken.
  void close() {
    dropPayload();
  }

  private boolean begin() throws ProtocolBreach {
    int header = Request.headerBytes(style);
    if (input.available() < header) {
      return false;
    }
    if (!request.decode(input.memory(), input.at(), style)) {
      throw new ProtocolBreach("what should be a request has no magic number");
    }
    boolean extended = style == ReplyStyle.EXTENDED;
    if (extended && Long.compareUnsigned(request.payloadBytes(), Wire.PAYLOAD_LIMIT_BYTES) > 0) {
      throw new ProtocolBreach("payload is too long to be dropped " + request);
    }
    input.skip(header);
    refusal = rules.check(request);
    missingBytes = request.payloadBytes();
    begun = true;
    return true;
  }

  /// Takes a payload that is a part of the request off the input.
  private void takeFilter() {
    long length = request.payloadBytes();
    refusal = rules.takeFilter(request, input.memory(), input.at());
    input.skip(length);
  }

  private State drop() {
    long count = Math.min(missingBytes, input.available());
    input.skip(count);
    missingBytes -= count;
    return missingBytes == 0 ? State.READY : State.NEEDS_INPUT;
  }

  private State collect() {
    if (payload == null) {
      payload = buffers.takeOrWait((int) request.length());
      if (payload == null) {
        return State.NEEDS_BUFFER;
      }
      long count = Math.min(missingBytes, input.available());
      MemorySegment.copy(input.memory(), input.at(), payload.memory(), Buffer.DATA_AT, count);
      input.skip(count);
      missingBytes -= count;
    }
    return missingBytes == 0 ? State.READY : State.NEEDS_INPUT;
  }

  private boolean collecting() {
    return payload != null && missingBytes > 0;
  }

  /// The bytes of the begun request's payload that are to lie in the input together.
  private long inInput() {
    boolean whole = begun && refusal == Refusal.NONE && request.payloadBytes() <= Input.CAPACITY;
    return whole ? request.payloadBytes() : 0;
  }

  private void dropPayload() {
    if (payload != null) {
      buffers.give(payload);
      payload = null;
    }
  }
}
