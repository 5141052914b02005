package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
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
  private final BlockDevice device;
  private final Buffers buffers;
  private final Request request = new Request();
  private boolean begun; // the request is decoded
  private int refusal;
  private long missingBytes; // of the payload, where it is not left in the input
  private Buffer payload; // where it is not left in the input

  Intake(Input input, BlockDevice device, Buffers buffers) {
    this.input = input;
    this.device = device;
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
    if (refusal != WireError.NONE) {
      return drop();
    }
    if (length <= Input.CAPACITY) {
      return input.available() >= length ? State.READY : State.NEEDS_INPUT;
    }
    return collect();
  }

  Request request() {
    return request;
  }

  /// Why the request is refused, or [WireError#NONE].
  int refusal() {
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
    input.makeRoom(begun ? Math.max(inInput(), 1) : Wire.REQUEST_BYTES);
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
    if (input.available() < Wire.REQUEST_BYTES) {
      return false;
    }
    if (!request.decode(input.memory(), input.at())) {
      throw new ProtocolBreach("what should be a request has no magic number");
    }
    input.skip(Wire.REQUEST_BYTES);
    refusal = RequestRules.check(request, device.sizeBytes(), device.readOnly());
    missingBytes = request.payloadBytes();
    begun = true;
    return true;
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
    boolean whole = begun && refusal == WireError.NONE && request.payloadBytes() <= Input.CAPACITY;
    return whole ? request.payloadBytes() : 0;
  }

  private void dropPayload() {
    if (payload != null) {
      buffers.give(payload);
      payload = null;
    }
  }
}
