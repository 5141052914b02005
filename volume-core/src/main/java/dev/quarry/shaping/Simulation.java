package dev.quarry.shaping;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Drives throttles through hours of work in a moment: the throttles are the real ones, the clock
/// stands still between events, and clients stand for connections as the server treats them.
///
/// Used by one thread.
public final class Simulation {
  private final ManualTime time = new ManualTime(0);
  private final List<SimulatedClient> clients = new ArrayList<>();

  /// The clock, for the throttles to be driven.
  public TimeSource time() {
    return time;
  }

  /// Adds a client that works from now on.
  public SimulatedClient client(
      Throttle.Flow flow, SimulatedClient.Workload workload, SimulatedClient.Timer timer) {
    SimulatedClient client = new SimulatedClient(flow, workload, timer, time.nanoTime());
    clients.add(client);
    return client;
  }

  /// Takes a client's work away. What it has admitted stays charged.
  public void stop(SimulatedClient client) {
    clients.remove(client);
  }

  /// Lets time pass.
  public void runFor(Duration span) {
    long end = time.nanoTime() + span.toNanos();
    while (true) {
      SimulatedClient next = earliest();
      if (next == null || next.nextNanos() > end) {
        time.advanceTo(end);
        return;
      }
      time.advanceTo(next.nextNanos());
      next.step(time.nanoTime());
    }
  }

  private SimulatedClient earliest() {
    SimulatedClient earliest = null;
    for (SimulatedClient client : clients) {
      if (earliest == null || client.nextNanos() < earliest.nextNanos()) {
        earliest = client;
      }
    }
    return earliest;
  }
}
