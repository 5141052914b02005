package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.IoKind;
import dev.quarry.block.VolumeException;
import java.lang.foreign.MemorySegment;

/// Carries out requests that were found good. The one place that knows what a command does to a
/// device.
final class Operation {

  /// The most that one CACHE brings into memory: what a client can name in one request may be more
  /// than the server has.
  private static final long PREFETCH_LIMIT_BYTES = 64 << 20;

  private Operation() {}

  /// Carries a request out if that needs no waiting.
  ///
  /// @param data where a READ puts its bytes and a WRITE has them, from `at` on
  /// @return false if it would have to wait; nothing was done then
  static boolean tryNow(BlockDevice device, Request request, MemorySegment data, long at)
      throws VolumeException {
    return switch (request.command()) {
      case READ -> device.tryRead(request.offset(), data, at, (int) request.length());
      case WRITE ->
          switch (request.durability()) {
            case CACHED -> device.tryWrite(request.offset(), data, at, (int) request.length());
            case FORCED -> false;
          };
      case FLUSH, TRIM, CACHE, WRITE_ZEROES, BLOCK_STATUS -> false;
      case DISCONNECT, UNKNOWN -> throw new IllegalStateException("not an operation " + request);
    };
  }

  /// Carries a request out, however long it takes.
  ///
  /// @param data where a READ puts its bytes and a WRITE has them, from `at` on
  static void run(BlockDevice device, Request request, MemorySegment data, long at)
      throws VolumeException {
    long offset = request.offset();
    long length = request.length();
    switch (request.command()) {
      case READ -> device.read(offset, data, at, (int) length);
      case WRITE -> device.write(offset, data, at, (int) length, request.durability());
      case FLUSH -> device.flush();
      case TRIM -> device.trim(offset, length, request.durability());
      case CACHE -> device.prefetch(offset, Math.min(length, PREFETCH_LIMIT_BYTES));
      case WRITE_ZEROES -> device.zero(offset, length, request.zeroMode(), request.durability());
      case BLOCK_STATUS, DISCONNECT, UNKNOWN ->
          throw new IllegalStateException("not an operation " + request);
    }
  }

  /// Charges a request to the limits of a device.
  ///
  /// @return how long it has to wait for them, in nanoseconds from now
  static long admit(BlockDevice device, Request request) {
    return switch (request.command()) {
      case READ -> device.admit(IoKind.READ, request.offset(), request.length());
      case WRITE -> device.admit(IoKind.WRITE, request.offset(), request.length());
      case TRIM -> device.admit(IoKind.TRIM, request.offset(), request.length());
      case WRITE_ZEROES -> device.admit(IoKind.ZERO, request.offset(), request.length());
      case FLUSH, CACHE, BLOCK_STATUS -> 0;
      case DISCONNECT, UNKNOWN -> throw new IllegalStateException("not an operation " + request);
    };
  }
}
