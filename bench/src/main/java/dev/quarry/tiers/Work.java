package dev.quarry.tiers;

import dev.quarry.workload.Goal;
import dev.quarry.workload.Trace;
import dev.quarry.workload.Workload;
import java.util.OptionalInt;

/// What is put on volumes.
public sealed interface Work {

  /// What it is called.
  String name();

  /// What it is, in a sentence.
  String about();

  /// How large a volume it needs.
  int sizeGib();

  /// When a volume is good enough for it.
  Goal goal();

  /// How many connections it needs at a time.
  int connections();

  /// A workload that somebody described.
  record Described(Workload workload) implements Work {
    @Override
    public String name() {
      return workload.name();
    }

    @Override
    public String about() {
      return workload.about();
    }

    @Override
    public int sizeGib() {
      return workload.sizeGib();
    }

    @Override
    public Goal goal() {
      return workload.goal();
    }

    @Override
    public int connections() {
      return workload.phases().stream().mapToInt(p -> p.jobs().size()).max().orElse(1);
    }
  }

  /// Requests that were recorded.
  ///
  /// @param trace the file
  /// @param summary what is in it
  /// @param speed 2 plays it twice as fast
  /// @param depth so many are kept going, whatever their times; empty to keep to the times
  /// @param goal when a volume is good enough
  record Replayed(Trace trace, Trace.Summary summary, double speed, OptionalInt depth, Goal goal)
      implements Work {
    private static final int MOST_GIB = 16_384;

    public Replayed {
      if (!(speed >= 0.001 && speed <= 1000)) {
        throw new IllegalArgumentException("speed is not from 0.001 to 1000");
      }
    }

    @Override
    public String name() {
      return trace.file().getFileName().toString();
    }

    @Override
    public String about() {
      return "A replayed trace (%s): %,d requests in %.1f s as recorded, %d %% of them reads, %s."
          .formatted(
              trace.format().label(),
              summary.requests(),
              summary.lastNanos() / 1e9,
              Math.round(100.0 * summary.readRequests() / summary.requests()),
              depth.isPresent()
                  ? "replayed as fast as answers come, " + depth.getAsInt() + " at a time"
                  : speed == 1 ? "at its own pace" : "at %s times its pace".formatted(speed));
    }

    @Override
    public int connections() {
      return 1;
    }

    @Override
    public int sizeGib() {
      return (int) Math.min(MOST_GIB, Math.max(1, Math.ceilDiv(summary.endBytes(), 1L << 30)));
    }
  }
}
