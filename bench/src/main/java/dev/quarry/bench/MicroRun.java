package dev.quarry.bench;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// A run of some benchmarks.
///
/// @param parts of names; none for all
/// @param threads on how many at a time
/// @param momentary in this process and for a moment: to see that they run
record MicroRun(List<String> parts, int threads, boolean momentary) {
  private static final String ALLOCATION = "gc.alloc.rate.norm";

  MicroRun {
    parts = List.copyOf(parts);
  }

  /// @param name of the benchmark, with its parameters
  /// @param nanos for one operation
  /// @param errorNanos half of its confidence interval of 99.9 %; 0 if there is none
  /// @param allocatedBytes on the heap for one operation
  record Score(String name, double nanos, double errorNanos, double allocatedBytes) {}

  /// The benchmarks there are, without their packages.
  static List<String> names() {
    return all().stream().map(MicroRun::unqualified).sorted().toList();
  }

  private static List<String> all() {
    return BenchmarkList.defaultList().getAll(silent(), List.of()).stream()
        .map(BenchmarkListEntry::getUsername)
        .distinct()
        .toList();
  }

  /// Runs them, one after the other.
  List<Score> run() {
    ChainedOptionsBuilder options =
        new OptionsBuilder().threads(threads).addProfiler(GCProfiler.class).shouldFailOnError(true);
    if (momentary) {
      options
          .forks(0)
          .warmupIterations(1)
          .warmupTime(TimeValue.milliseconds(5))
          .measurementIterations(1)
          .measurementTime(TimeValue.milliseconds(10));
    }
    List<String> chosen = all().stream().filter(this::isChosen).toList();
    if (chosen.isEmpty()) {
      return List.of();
    }
    chosen.forEach(name -> options.include("^" + Pattern.quote(name) + "$"));
    try {
      return scores(new Runner(options.build(), silent()).run());
    } catch (RunnerException e) {
      throw new IllegalStateException("benchmarks failed", e);
    }
  }

  private boolean isChosen(String benchmark) {
    return parts.isEmpty() || parts.stream().anyMatch(unqualified(benchmark)::contains);
  }

  private static List<Score> scores(Collection<RunResult> results) {
    List<Score> scores = new ArrayList<>();
    for (RunResult run : results) {
      Result<?> primary = run.getPrimaryResult();
      double error = primary.getScoreError();
      scores.add(
          new Score(
              name(run), primary.getScore(), Double.isFinite(error) ? error : 0, allocated(run)));
    }
    return scores;
  }

  private static String name(RunResult run) {
    StringBuilder name = new StringBuilder(unqualified(run.getParams().getBenchmark()));
    for (String parameter : run.getParams().getParamsKeys()) {
      name.append(' ').append(parameter).append('=').append(run.getParams().getParam(parameter));
    }
    return name.toString();
  }

  @SuppressWarnings("rawtypes") // as JMH declares it
  private static double allocated(RunResult run) {
    for (Map.Entry<String, Result> result : run.getSecondaryResults().entrySet()) {
      if (result.getKey().endsWith(ALLOCATION)) {
        double bytes = result.getValue().getScore();
        return Double.isFinite(bytes) ? bytes : 0;
      }
    }
    return 0;
  }

  /// `Throttle.admit` of `dev.quarry.bench.ThrottleBenchmark.admit`.
  private static String unqualified(String benchmark) {
    String[] parts = benchmark.split("\\.");
    return parts[parts.length - 2].replace("Benchmark", "") + "." + parts[parts.length - 1];
  }

  private static OutputFormat silent() {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return OutputFormatFactory.createFormatInstance(nowhere, VerboseMode.SILENT);
  }
}
