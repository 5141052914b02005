package dev.quarry.volume;

import dev.quarry.disk.SimulatedMachine;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;

/// Catalogues on a simulated machine.
final class SimulatedNode {
  static final long GIB = 1L << 30;
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private SimulatedNode() {}

  static VolumeCatalogue open(SimulatedMachine machine) throws IOException {
    Host host = new Host(InstantSource.fixed(NOW), new Random(machine.steps()), machine.bootId());
    return VolumeCatalogue.open(machine.disk(), host);
  }
}
