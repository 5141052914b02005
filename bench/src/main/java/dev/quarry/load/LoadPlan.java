package dev.quarry.load;

import dev.quarry.workload.Job;
import dev.quarry.workload.Pace;
import java.time.Duration;

/// What to ask of a server.
///
/// @param job the requests; an open load's rate is that of all connections together
/// @param connections how many
/// @param mostInFlight how many requests of an open load may be unanswered on a connection; those
///   due beyond wait, and their latency goes on
/// @param warmUp how long to go on before anything counts
/// @param span how long to measure
/// @param forced whether writes are to be durable when they are answered (FUA)
/// @param seed the same seed asks the same
public record LoadPlan(
    Job job,
    int connections,
    int mostInFlight,
    Duration warmUp,
    Duration span,
    boolean forced,
    long seed) {
  private static final int MOST = 1024;

  public LoadPlan {
    if (connections < 1 || connections > MOST) {
      throw new IllegalArgumentException("connections are not from 1 to " + MOST);
    }
    if (mostInFlight < 1 || mostInFlight > MOST) {
      throw new IllegalArgumentException("requests in flight are not from 1 to " + MOST);
    }
  }

  /// How many requests may be unanswered on a connection.
  int slots() {
    return switch (job.pace()) {
      case Pace.Depth(int requests) -> requests;
      case Pace.Rate _ -> mostInFlight;
    };
  }

  /// Whether requests come by themselves.
  boolean open() {
    return job.pace() instanceof Pace.Rate;
  }

  /// The job of one of the connections.
  Job share() {
    return switch (job.pace()) {
      case Pace.Depth _ -> job;
      case Pace.Rate(double perSecond, Pace.Arrivals arrivals) ->
          job.withPace(new Pace.Rate(perSecond / connections, arrivals));
    };
  }
}
