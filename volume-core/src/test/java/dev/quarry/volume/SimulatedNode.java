package dev.quarry.volume;

import dev.quarry.disk.SimulatedMachine;
import dev.quarry.shaping.ManualTime;
import dev.quarry.shaping.TimeSource;
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
    return open(machine, new ManualTime(0), CatalogueSettings.standard());
  }

  static VolumeCatalogue open(SimulatedMachine machine, TimeSource time, CatalogueSettings settings)
      throws IOException {
    Host host =
        new Host(InstantSource.fixed(NOW), time, new Random(machine.steps()), machine.bootId());
    return VolumeCatalogue.open(machine.disk(), host, settings);
  }
}
