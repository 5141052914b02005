package dev.quarry.workload;

import java.time.Duration;
import java.util.List;

/// Work for a volume, as somebody described it.
///
/// @param name what it is called
/// @param about what it stands for, in a sentence
/// @param sizeGib how large a volume it needs
/// @param goal when a volume is good enough for it
/// @param phases one after the other
public record Workload(String name, String about, int sizeGib, Goal goal, List<Phase> phases) {

  public Workload {
    phases = List.copyOf(phases);
    if (phases.isEmpty()) {
      throw new IllegalArgumentException("the workload has no phase");
    }
    if (sizeGib < 1) {
      throw new IllegalArgumentException("the workload's size is not positive");
    }
  }

  /// The same with each phase cut to this time.
  public Workload withPhasesOf(Duration limit) {
    return new Workload(
        name, about, sizeGib, goal, phases.stream().map(p -> p.noLongerThan(limit)).toList());
  }

  /// The same with another goal.
  public Workload with(Goal other) {
    return new Workload(name, about, sizeGib, other, phases);
  }
}
