package dev.quarry.bench;

import dev.quarry.cli.CliException;
import dev.quarry.cli.CommandBuilder;
import dev.quarry.cli.Invocation;
import dev.quarry.tiers.Work;
import dev.quarry.workload.Goal;
import dev.quarry.workload.Phase;
import dev.quarry.workload.Preset;
import dev.quarry.workload.Trace;
import dev.quarry.workload.TraceFormat;
import dev.quarry.workload.Workload;
import dev.quarry.workload.WorkloadText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/// The options that say what is put on volumes.
final class WorkOptions {
  static final String SHOW = "--show-workload";
  private static final String WORKLOAD = "--workload";
  private static final String JOB = "--job";
  private static final String FOR = "--for";
  private static final String GOAL = "--goal";
  private static final String TRACE = "--trace";
  private static final String FORMAT = "--format";
  private static final String SPEED = "--speed";
  private static final String DEPTH = "--depth";
  private static final String SKIP = "--skip-bad-lines";
  private static final Duration JOB_TIME = Duration.ofMinutes(10);

  private WorkOptions() {}

  /// Adds them to a command.
  static CommandBuilder addTo(CommandBuilder command) {
    return command
        .option(
            WORKLOAD,
            "NAME|FILE",
            "What is put on the volumes: one of "
                + Arrays.stream(Preset.values())
                    .map(Preset::label)
                    .collect(Collectors.joining(", "))
                + ", or a file. Default: database.")
        .flag(SHOW, "Only show that workload as text, to read or to make one's own of.")
        .list(
            JOB,
            "JOB",
            "In place of a workload, requests of one kind: 'rw=randrw reads=70 bs=8k depth=16' or"
                + " rate=500 for so many a second, come what may. May be repeated.")
        .option(
            FOR,
            "TIME",
            "How long jobs run, or phases of the workload at most. Default for jobs: 10m.",
            Duration.class,
            WorkloadText::duration)
        .option(
            GOAL,
            "GOAL",
            "When a volume is good enough: 'p99=20ms within=2h', or one of them. Default: the"
                + " workload's; p99=50ms for traces.",
            Goal.class,
            WorkloadText::goal)
        .option(
            TRACE,
            "FILE",
            "Replay requests that were recorded: an iolog of fio, text of blkparse, or CSV of MSR"
                + " Cambridge; also with gzip.")
        .option(
            FORMAT,
            "FORMAT",
            "The trace's format, if it is not seen: fio-iolog, blkparse or msr.",
            TraceFormat.class,
            TraceFormat::parse)
        .option(SPEED, "FACTOR", "2 replays twice as fast.", "1", Double.class, WorkOptions::speed)
        .option(
            DEPTH,
            "COUNT",
            "Replay without regard to times: so many requests at a time, as fast as they are"
                + " answered.",
            Integer.class,
            WorkOptions::depth)
        .flag(SKIP, "Leave out lines of the trace that cannot be read, and count them.");
  }

  /// The work that was asked for.
  static Work of(Invocation given) {
    Optional<String> trace = given.text(TRACE);
    boolean jobs = !given.list(JOB).isEmpty();
    if ((trace.isPresent() ? 1 : 0) + (jobs ? 1 : 0) + (given.text(WORKLOAD).isPresent() ? 1 : 0)
        > 1) {
      throw given.wrongUsage("give only one of --workload, --job and --trace");
    }
    if (trace.isPresent()) {
      return replayed(given, Path.of(trace.get()));
    }
    Workload workload = jobs ? ofJobs(given) : named(given);
    Optional<Goal> goal = given.optional(GOAL);
    Workload aimed = goal.map(workload::with).orElse(workload);
    return new Work.Described(given.<Duration>optional(FOR).map(aimed::withPhasesOf).orElse(aimed));
  }

  /// The workload's text.
  static String shown(Invocation given) {
    return workloadText(given.text(WORKLOAD).orElse(Preset.DATABASE.label()));
  }

  private static Workload named(Invocation given) {
    String name = given.text(WORKLOAD).orElse(Preset.DATABASE.label());
    try {
      return WorkloadText.parse(workloadText(name));
    } catch (IllegalArgumentException e) {
      throw new CliException(
          name + ", " + e.getMessage(), "--show-workload shows what a workload looks like");
    }
  }

  private static String workloadText(String name) {
    for (Preset preset : Preset.values()) {
      if (preset.label().equals(name)) {
        return preset.text();
      }
    }
    if (!Files.exists(Path.of(name))) {
      throw new CliException(
          "there is no workload '" + name + "', nor a file of that name",
          "known are "
              + Arrays.stream(Preset.values())
                  .map(Preset::label)
                  .collect(Collectors.joining(", ")));
    }
    return TextFile.read(Path.of(name));
  }

  private static Workload ofJobs(Invocation given) {
    Duration most = given.<Duration>optional(FOR).orElse(JOB_TIME);
    try {
      Phase phase =
          new Phase(
              "jobs",
              most,
              OptionalLong.empty(),
              given.list(JOB).stream().map(WorkloadText::job).toList());
      return new Workload(
          "jobs",
          String.join("; ", given.list(JOB)),
          100,
          new Goal(Optional.empty(), Optional.empty()),
          List.of(phase));
    } catch (IllegalArgumentException e) {
      throw given.wrongUsage(JOB + ": " + e.getMessage());
    }
  }

  private static Work replayed(Invocation given, Path file) {
    Trace.BadLines badLines = given.flag(SKIP) ? Trace.BadLines.SKIPPED : Trace.BadLines.REFUSED;
    Trace trace = Trace.of(file, given.optional(FORMAT), badLines);
    Trace.Summary summary = trace.summary();
    if (summary.skippedLines() > 0) {
      given.note("left out %,d lines that cannot be read".formatted(summary.skippedLines()));
    }
    OptionalInt depth =
        given.<Integer>optional(DEPTH).map(OptionalInt::of).orElse(OptionalInt.empty());
    Goal usual = new Goal(Optional.of(Duration.ofMillis(50)), Optional.empty());
    return new Work.Replayed(
        trace, summary, given.value(SPEED), depth, given.<Goal>optional(GOAL).orElse(usual));
  }

  private static double speed(String text) {
    try {
      double speed = Double.parseDouble(text);
      if (speed >= 0.001 && speed <= 1000) {
        return speed;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException("'" + text + "' is not a factor from 0.001 to 1000");
  }

  private static int depth(String text) {
    if (text.matches("\\d{1,4}") && Integer.parseInt(text) >= 1) {
      return Integer.parseInt(text);
    }
    throw new IllegalArgumentException("'" + text + "' is not a count from 1 to 9999");
  }
}
