package dev.quarry.nbd;

import dev.quarry.block.Requests;

/// Which requests are refused, and with which error, before anything is done.
final class RequestRules {

  private RequestRules() {}

  /// Checks a request against what was offered and the device it is for.
  ///
  /// @return the error to answer with, or [WireError#NONE]
  static int check(Request request, long sizeBytes, boolean readOnly) {
    return switch (request.command()) {
      case READ -> first(flags(request, 0), payload(request), range(request, sizeBytes));
      case WRITE ->
          first(flags(request, 0), writable(readOnly), payload(request), space(request, sizeBytes));
      case FLUSH -> first(flags(request, 0), reserved(request));
      case TRIM -> first(flags(request, 0), writable(readOnly), range(request, sizeBytes));
      case CACHE -> first(flags(request, 0), range(request, sizeBytes));
      case WRITE_ZEROES ->
          first(flags(request, Wire.FLAG_NO_HOLE), writable(readOnly), space(request, sizeBytes));
      case DISCONNECT -> WireError.NONE;
      case UNKNOWN -> WireError.EINVAL;
    };
  }

  private static int first(int a, int b) {
    return a != WireError.NONE ? a : b;
  }

  private static int first(int a, int b, int c) {
    return first(first(a, b), c);
  }

  private static int first(int a, int b, int c, int d) {
    return first(first(a, b), first(c, d));
  }

  /// Forced unit access is allowed on every command, whether it means anything there or not.
  private static int flags(Request request, int allowed) {
    return (request.flags() & ~(Wire.FLAG_FUA | allowed)) == 0 ? WireError.NONE : WireError.EINVAL;
  }

  private static int writable(boolean readOnly) {
    return readOnly ? WireError.EPERM : WireError.NONE;
  }

  private static int payload(Request request) {
    return request.length() <= Wire.PAYLOAD_LIMIT_BYTES ? WireError.NONE : WireError.EOVERFLOW;
  }

  private static int range(Request request, long sizeBytes) {
    return inside(request, sizeBytes) ? WireError.NONE : WireError.EINVAL;
  }

  private static int space(Request request, long sizeBytes) {
    return inside(request, sizeBytes) ? WireError.NONE : WireError.ENOSPC;
  }

  private static boolean inside(Request request, long sizeBytes) {
    return Requests.inside(request.offset(), request.length(), sizeBytes);
  }

  private static int reserved(Request request) {
    return request.offset() == 0 && request.length() == 0 ? WireError.NONE : WireError.EINVAL;
  }
}
