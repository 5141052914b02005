package dev.quarry.workload;

import java.util.Optional;

/// One stream of requests, on a connection of its own.
///
/// @param readPercent how many of 100 requests read; the others write
/// @param order where they go
/// @param sizes how large they are
/// @param pace how fast they come
public record Job(int readPercent, Order order, BlockSizes sizes, Pace pace) {

  public Job {
    if (readPercent < 0 || readPercent > 100) {
      throw new IllegalArgumentException("reads are not from 0 to 100 percent: " + readPercent);
    }
  }

  /// Where requests go.
  public enum Order {
    /// Each where the last ended.
    SEQUENTIAL,
    /// Anywhere, at a multiple of their size.
    RANDOM
  }

  /// How many are kept going at a time; empty if they arrive by themselves.
  public Optional<Integer> depth() {
    return switch (pace) {
      case Pace.Depth depth -> Optional.of(depth.requests());
      case Pace.Rate _ -> Optional.empty();
    };
  }

  /// The same at another pace.
  public Job withPace(Pace other) {
    return new Job(readPercent, order, sizes, other);
  }

  /// The longest request, in bytes.
  public int largestBytes() {
    return sizes.sizes().stream().mapToInt(BlockSizes.Share::bytes).max().orElseThrow();
  }

  /// The shortest request, in bytes.
  public int smallestBytes() {
    return sizes.sizes().stream().mapToInt(BlockSizes.Share::bytes).min().orElseThrow();
  }

  /// Its requests, without end.
  ///
  /// @param spanBytes they lie below this, at least the largest block size
  /// @param seed the same seed gives the same requests
  public Requests requests(long spanBytes, long seed) {
    return new GeneratedRequests(this, spanBytes, seed);
  }
}
