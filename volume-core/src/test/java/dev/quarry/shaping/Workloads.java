package dev.quarry.shaping;

import dev.quarry.block.IoKind;
import dev.quarry.shaping.SimulatedClient.Workload;

/// Workloads of clients that ask anew when they are answered.
final class Workloads {
  static final long KIB = 1024;
  static final long MIB = 1024 * KIB;
  static final long GIB = 1024 * MIB;

  private Workloads() {}

  static Workload random(long length, int depth) {
    return new Workload(IoKind.READ, length, false, 100 * GIB, depth, 20_000, 0);
  }

  static Workload sequential(long length, int depth) {
    return new Workload(IoKind.READ, length, true, 100 * GIB, depth, 20_000, 0);
  }
}
