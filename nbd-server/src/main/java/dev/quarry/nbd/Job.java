package dev.quarry.nbd;

import dev.quarry.block.VolumeException;
import java.lang.foreign.MemorySegment;

/// A request that could not be answered at once, and what it needs until it is. The connection's
/// thread owns it, except between its hand-over to a [Lane] and its return, when a worker does.
final class Job {
  private final Request request = new Request();
  private final Pieces pieces = new Pieces();
  private Buffer buffer;
  private long deferredNanos;
  private VolumeException failure;
  private Throwable bug;

  /// Begins anew with a request.
  void begin(Request from) {
    request.copyFrom(from);
    pieces.clear();
    buffer = null;
    failure = null;
    bug = null;
  }

  Request request() {
    return request;
  }

  /// The parts of the buffer that are its reply; none if it has no data.
  Pieces pieces() {
    return pieces;
  }

  /// The buffer for its data, or null while it has none.
  Buffer buffer() {
    return buffer;
  }

  void buffer(Buffer loan) {
    buffer = loan;
  }

  /// The memory of its buffer, or null while it has none.
  MemorySegment memory() {
    return buffer == null ? null : buffer.memory();
  }

  /// When it was put aside, if it was: a moment of [System#nanoTime].
  long deferredNanos() {
    return deferredNanos;
  }

  void deferredNanos(long nanos) {
    deferredNanos = nanos;
  }

  /// Why the device refused it, or null.
  VolumeException failure() {
    return failure;
  }

  void failed(VolumeException e) {
    failure = e;
  }

  /// What went wrong in us while it ran, or null.
  Throwable bug() {
    return bug;
  }

  void broke(Throwable e) {
    bug = e;
  }
}
