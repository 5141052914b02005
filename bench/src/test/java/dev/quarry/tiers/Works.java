package dev.quarry.tiers;

import dev.quarry.workload.Goal;
import dev.quarry.workload.Phase;
import dev.quarry.workload.Workload;
import dev.quarry.workload.WorkloadText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// Work for tests.
final class Works {
  static final Goal NONE = new Goal(Optional.empty(), Optional.empty());

  private Works() {}

  static Work of(String job, Duration most) {
    return of(NONE, most, OptionalLong.empty(), job);
  }

  static Work of(Goal goal, Duration most, OptionalLong amountBytes, String... jobs) {
    Phase phase =
        new Phase("all", most, amountBytes, Stream.of(jobs).map(WorkloadText::job).toList());
    return new Work.Described(new Workload("test", "A test.", 100, goal, List.of(phase)));
  }
}
