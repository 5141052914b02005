package dev.quarry.load;

import dev.quarry.tiers.Latencies;

/// How a server did.
///
/// @param seconds that were measured
/// @param operations requests answered in that time
/// @param bytes they moved
/// @param undone requests of an open load that were due and not made
/// @param errors requests that failed, warm-up included
/// @param firstError the first of them, an error number of NBD; 0 if none
/// @param latencies of all requests since the warm-up
/// @param lateNanos by how much the load itself was late with 99 of 100 requests that were due and
///   could be sent; it is no part of the latencies; 0 of a closed load
/// @param clientCpuNanos processor time of the threads that made the load
public record LoadResult(
    double seconds,
    long operations,
    long bytes,
    long undone,
    long errors,
    int firstError,
    Latencies latencies,
    long lateNanos,
    long clientCpuNanos) {

  public double iops() {
    return operations / seconds;
  }

  /// MiB a second.
  public double mibps() {
    return bytes / seconds / (1 << 20);
  }

  /// Microseconds of our own processor time for each request.
  public double clientCpuMicros() {
    return operations == 0 ? 0 : clientCpuNanos / 1e3 / operations;
  }
}
