package dev.quarry.block;

/// The kinds of requests that limits and metrics tell apart. Flushes move no data and are not among
/// them: EBS charges reads and writes (EBS User Guide, "I/O characteristics and monitoring").
public enum IoKind {
  READ,
  WRITE,
  ZERO,
  TRIM
}
