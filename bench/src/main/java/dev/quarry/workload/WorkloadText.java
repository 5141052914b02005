package dev.quarry.workload;

import dev.quarry.cli.ByteSize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/// A workload as text, line by line. `#` begins a comment.
///
/// ```
/// workload shop     What it stands for, in a sentence.
/// size 100GiB
/// goal p99=20ms within=2h
/// phase day 30m
///   job rw=randrw reads=80 bs=8k rate=1500 arrivals=poisson
///   job rw=write bs=16k:90/64k:10 depth=1
/// phase night 4h amount=200GiB
///   job rw=read bs=1m depth=8
/// ```
///
/// `rw` is that of fio: read, write, rw, randread, randwrite, randrw.
public final class WorkloadText {
  private String name = "custom";
  private String about = "";
  private int sizeGib = 100;
  private Goal goal = new Goal(Optional.empty(), Optional.empty());
  private final List<Phase> phases = new ArrayList<>();
  private final List<Job> jobs = new ArrayList<>();
  private String phaseName = "";
  private Optional<Duration> phaseMost = Optional.empty();
  private OptionalLong phaseAmount = OptionalLong.empty();

  private WorkloadText() {}

  /// Reads a workload.
  ///
  /// @throws IllegalArgumentException if it is none; the message names the line
  public static Workload parse(String text) {
    WorkloadText reader = new WorkloadText();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      try {
        reader.line(line);
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
      }
    }
    reader.endPhase();
    return new Workload(reader.name, reader.about, reader.sizeGib, reader.goal, reader.phases);
  }

  /// Reads one job, such as `rw=randread bs=4k depth=32`.
  ///
  /// @throws IllegalArgumentException if it is none
  public static Job job(String text) {
    Map<String, String> pairs = pairs(text);
    String rw =
        taken(pairs, "rw").orElseThrow(() -> new IllegalArgumentException("rw= is missing"));
    Job.Order order = rw.startsWith("rand") ? Job.Order.RANDOM : Job.Order.SEQUENTIAL;
    Optional<Integer> reads = taken(pairs, "reads").map(Numbers::whole);
    int readPercent =
        switch (rw) {
          case "read", "randread" -> reads.orElse(100);
          case "write", "randwrite" -> reads.orElse(0);
          case "rw", "randrw" -> reads.orElse(50);
          default ->
              throw new IllegalArgumentException(
                  "'" + rw + "' is none of read, write, rw, randread, randwrite, randrw");
        };
    BlockSizes sizes = BlockSizes.parse(taken(pairs, "bs").orElse("4k"));
    Pace pace = pace(pairs);
    checkNoneLeft(pairs, "rw, reads, bs, depth, rate, arrivals");
    return new Job(readPercent, order, sizes, pace);
  }

  /// Reads a time such as `20ms`, `90s` or `1h30m`.
  ///
  /// @throws IllegalArgumentException if it is none
  public static Duration duration(String text) {
    return Numbers.duration(text);
  }

  private void line(String line) {
    int comment = line.indexOf('#');
    String stripped = (comment < 0 ? line : line.substring(0, comment)).strip();
    if (stripped.isEmpty()) {
      return;
    }
    String[] words = stripped.split("\\s+", 2);
    String rest = words.length > 1 ? words[1] : "";
    switch (words[0]) {
      case "workload" -> title(rest);
      case "size" ->
          sizeGib = Math.toIntExact(Math.ceilDiv(ByteSize.parse(rest).bytes(), 1L << 30));
      case "goal" -> goal = goal(rest);
      case "phase" -> beginPhase(rest);
      case "job" -> addJob(rest);
      default ->
          throw new IllegalArgumentException(
              "'" + words[0] + "' is none of workload, size, goal, phase, job");
    }
  }

  private void title(String rest) {
    String[] words = rest.split("\\s+", 2);
    name = words[0];
    about = words.length > 1 ? words[1] : "";
  }

  /// Reads a goal, such as `p99=20ms within=2h`.
  ///
  /// @throws IllegalArgumentException if it is none
  public static Goal goal(String text) {
    Map<String, String> pairs = pairs(text);
    Goal goal =
        new Goal(
            taken(pairs, "p99").map(Numbers::duration),
            taken(pairs, "within").map(Numbers::duration));
    checkNoneLeft(pairs, "p99, within");
    return goal;
  }

  private void beginPhase(String rest) {
    endPhase();
    String[] words = rest.split("\\s+", 3);
    if (words.length < 2) {
      throw new IllegalArgumentException("a phase has a name and a time: phase day 30m");
    }
    phaseName = words[0];
    phaseMost = Optional.of(Numbers.duration(words[1]));
    Map<String, String> pairs = pairs(words.length > 2 ? words[2] : "");
    phaseAmount =
        taken(pairs, "amount")
            .map(text -> OptionalLong.of(ByteSize.parse(text).bytes()))
            .orElse(OptionalLong.empty());
    checkNoneLeft(pairs, "amount");
  }

  private void addJob(String rest) {
    if (phaseMost.isEmpty()) {
      throw new IllegalArgumentException("a job stands below a phase");
    }
    jobs.add(job(rest));
  }

  private void endPhase() {
    if (phaseMost.isPresent()) {
      phases.add(new Phase(phaseName, phaseMost.get(), phaseAmount, jobs));
      jobs.clear();
      phaseMost = Optional.empty();
    }
  }

  private static Pace pace(Map<String, String> pairs) {
    Optional<String> depth = taken(pairs, "depth");
    Optional<String> rate = taken(pairs, "rate");
    Optional<String> arrivals = taken(pairs, "arrivals");
    if (depth.isPresent() == rate.isPresent()) {
      throw new IllegalArgumentException("give either depth= or rate=");
    }
    if (depth.isPresent()) {
      return new Pace.Depth(Numbers.whole(depth.get()));
    }
    return new Pace.Rate(
        Numbers.decimal(rate.get()),
        switch (arrivals.orElse("even")) {
          case "even" -> Pace.Arrivals.EVEN;
          case "poisson" -> Pace.Arrivals.POISSON;
          default -> throw new IllegalArgumentException("arrivals are even or poisson");
        });
  }

  private static Map<String, String> pairs(String text) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String word : text.strip().split("\\s+")) {
      if (word.isEmpty()) {
        continue;
      }
      int equals = word.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("'" + word + "' is not KEY=VALUE");
      }
      if (pairs.put(word.substring(0, equals), word.substring(equals + 1)) != null) {
        throw new IllegalArgumentException("'" + word.substring(0, equals) + "' is given twice");
      }
    }
    return pairs;
  }

  private static Optional<String> taken(Map<String, String> pairs, String key) {
    return Optional.ofNullable(pairs.remove(key));
  }

  private static void checkNoneLeft(Map<String, String> pairs, String known) {
    if (!pairs.isEmpty()) {
      throw new IllegalArgumentException(
          "unknown: " + new TreeSet<>(pairs.keySet()) + "; known are " + known);
    }
  }
}
