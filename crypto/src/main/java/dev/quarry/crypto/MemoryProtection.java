package dev.quarry.crypto;

/// What the operating system granted for the memory of a key.
///
/// A refusal is no error: the key works, and the node says once what is missing (usually a higher
/// `RLIMIT_MEMLOCK`, getrlimit(2)).
///
/// @param locked whether it stays out of swap
/// @param excludedFromDumps whether it stays out of core dumps
/// @param refusal why something was refused, empty if nothing was
public record MemoryProtection(boolean locked, boolean excludedFromDumps, String refusal) {

  static MemoryProtection of(int lockError, int dumpError) {
    StringBuilder refusal = new StringBuilder();
    if (lockError != 0) {
      refusal.append("mlock refused errno=").append(lockError);
    }
    if (dumpError != 0) {
      refusal.append(refusal.isEmpty() ? "" : ", ");
      refusal.append("madvise refused errno=").append(dumpError);
    }
    return new MemoryProtection(lockError == 0, dumpError == 0, refusal.toString());
  }
}
