package dev.quarry.workload;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/// A stretch of a workload in which the same jobs run.
///
/// @param name what it is called
/// @param most how long it lasts; with an amount, how long at most
/// @param amountBytes ends earlier, when so much has been moved
/// @param jobs what runs
public record Phase(String name, Duration most, OptionalLong amountBytes, List<Job> jobs) {

  public Phase {
    jobs = List.copyOf(jobs);
    if (jobs.isEmpty()) {
      throw new IllegalArgumentException("phase '" + name + "' has no job");
    }
    if (amountBytes.isPresent() && amountBytes.getAsLong() < 1) {
      throw new IllegalArgumentException("phase '" + name + "' has an amount of nothing");
    }
  }

  /// The same, no longer than that.
  Phase noLongerThan(Duration limit) {
    return new Phase(name, most.compareTo(limit) < 0 ? most : limit, amountBytes, jobs);
  }
}
