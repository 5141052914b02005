package dev.quarry.shaping;

/// What went through in a span of time.
///
/// @param operations requests
/// @param bytes bytes they moved
/// @param spanNanos the span
public record Achieved(long operations, long bytes, long spanNanos) {
  private static final double NANOS_PER_SECOND = 1e9;

  public Achieved {
    if (operations < 0 || bytes < 0 || spanNanos < 1) {
      throw new IllegalArgumentException(
          "bad span operations=%d bytes=%d nanos=%d".formatted(operations, bytes, spanNanos));
    }
  }

  /// Requests a second.
  public double iops() {
    return operations / (spanNanos / NANOS_PER_SECOND);
  }

  /// Bytes a second.
  public double bytesPerSecond() {
    return bytes / (spanNanos / NANOS_PER_SECOND);
  }

  /// MiB (2^20 bytes) a second.
  public double mibps() {
    return bytesPerSecond() / (1 << 20);
  }
}
