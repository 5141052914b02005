package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.ValidationException;

/// What it costs to try one passphrase (Argon2id, RFC 9106).
///
/// The upper bounds keep a changed key file, whose parameters are used before they can be
/// authenticated, from taking all memory of the node.
///
/// @param memoryKib memory, at least 8 KiB per lane (RFC 9106, 3.1) and at most 256 MiB
/// @param iterations passes over it, 1 to 16
/// @param lanes parallelism, 1 to 16; the library computes them one after the other
public record Argon2Cost(int memoryKib, int iterations, int lanes) {
  private static final int MAX_MEMORY_KIB = 256 * 1024;
  private static final int MAX_ITERATIONS = 16;
  private static final int MAX_LANES = 16;

  public Argon2Cost {
    if (lanes < 1
        || lanes > MAX_LANES
        || iterations < 1
        || iterations > MAX_ITERATIONS
        || memoryKib < 8 * lanes
        || memoryKib > MAX_MEMORY_KIB) {
      throw new ValidationException(
          "bad Argon2 cost memoryKib=%d iterations=%d lanes=%d"
              .formatted(memoryKib, iterations, lanes));
    }
  }

  /// 64 MiB, 3 passes, 4 lanes: the second recommended option of RFC 9106, 4. About half a second.
  public static Argon2Cost standard() {
    return new Argon2Cost(64 * 1024, 3, 4);
  }
}
