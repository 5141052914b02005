package dev.quarry.bench;

import dev.quarry.cli.ByteSize;
import dev.quarry.cli.CliException;
import dev.quarry.cli.CommandBuilder;
import dev.quarry.cli.Invocation;
import dev.quarry.load.LoadPlan;
import dev.quarry.load.LoadResult;
import dev.quarry.load.NbdException;
import dev.quarry.load.NbdLoad;
import dev.quarry.load.NbdUri;
import dev.quarry.node.JsonObject;
import dev.quarry.report.ComparisonJson;
import dev.quarry.tiers.Shown;
import dev.quarry.workload.Job;
import dev.quarry.workload.WorkloadText;
import java.time.Duration;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Model.CommandSpec;

/// Loads an NBD server.
final class NbdCommand {
  private static final String JOB = "--job";
  private static final String CONNECTIONS = "--connections";
  private static final String IN_FLIGHT = "--in-flight";
  private static final String FOR = "--for";
  private static final String WARM_UP = "--warm-up";
  private static final String SPAN = "--span";
  private static final String FUA = "--fua";
  private static final String OVERWRITE = "--overwrite";
  private static final String SEED = "--seed";

  private NbdCommand() {}

  static CommandSpec spec() {
    return new CommandBuilder(
            "nbd",
            "Puts load on an NBD server, ours or another, and tells how long answers take: from"
                + " when a request was to be made, so that a slow server cannot hide it.")
        .argument("URI", "nbd://HOST:PORT/EXPORT or nbd+unix:///EXPORT?socket=PATH.")
        .option(
            JOB,
            "JOB",
            "The requests: rw (read, write, rw, randread, randwrite, randrw), reads (percent), bs,"
                + " and either depth, so many at a time on each connection, or rate, so many a"
                + " second on all, come what may (arrivals=even or poisson).",
            "rw=randread bs=4k depth=32",
            Job.class,
            WorkloadText::job)
        .option(CONNECTIONS, "COUNT", "How many.", "1", Integer.class, NbdCommand::count)
        .option(
            IN_FLIGHT,
            "COUNT",
            "With a rate, how many requests may be unanswered on a connection.",
            "256",
            Integer.class,
            NbdCommand::count)
        .option(FOR, "TIME", "How long to measure.", "10s", Duration.class, WorkloadText::duration)
        .option(
            WARM_UP,
            "TIME",
            "How long to go on before that.",
            "2s",
            Duration.class,
            WorkloadText::duration)
        .option(
            SPAN,
            "SIZE",
            "Use only so much of the export, from its beginning.",
            ByteSize.class,
            ByteSize::parse)
        .flag(FUA, "Writes are to be durable when they are answered.")
        .flag(OVERWRITE, "Allow writes. They destroy what is on the export.")
        .option(SEED, "NUMBER", "The same number asks the same.", "1", Long.class, NbdCommand::seed)
        .choice(
            Invocation.OUTPUT,
            "FORMAT",
            "How to show the result.",
            Invocation.Output.TABLE,
            Invocation.Output.class)
        .examples(
            "quarry bench nbd nbd://127.0.0.1:10809/demo",
            "quarry bench nbd nbd://127.0.0.1:10809/demo --connections 4"
                + " --job 'rw=randread bs=4k depth=32'",
            "quarry bench nbd 'nbd+unix:///demo?socket=quarry-data/nbd.sock'"
                + " --job 'rw=randrw reads=70 bs=8k rate=2000 arrivals=poisson' --overwrite")
        .does(NbdCommand::run);
  }

  private static void run(Invocation given) throws InterruptedException {
    Job job = given.value(JOB);
    if (job.readPercent() < 100 && !given.flag(OVERWRITE)) {
      throw given.wrongUsage(
          "the job writes, which destroys what is on the export; say --overwrite if it may");
    }
    LoadPlan plan =
        new LoadPlan(
            job,
            given.value(CONNECTIONS),
            given.value(IN_FLIGHT),
            given.value(WARM_UP),
            given.value(FOR),
            given.flag(FUA),
            given.value(SEED));
    long span = given.<ByteSize>optional(SPAN).map(ByteSize::bytes).orElse(0L);
    LoadResult result = load(given, plan, span);
    given.show(json(given, result), _ -> text(result));
    if (result.errors() > 0) {
      throw new CliException(
          "%,d requests failed, the first with error %d of NBD"
              .formatted(result.errors(), result.firstError()),
          "look into the server's log");
    }
  }

  private static LoadResult load(Invocation given, LoadPlan plan, long span)
      throws InterruptedException {
    NbdUri uri;
    try {
      uri = NbdUri.parse(given.argument());
    } catch (IllegalArgumentException e) {
      throw given.wrongUsage(e.getMessage());
    }
    Progress progress = Progress.of(given);
    try (NbdLoad load = NbdLoad.connect(uri, plan, span)) {
      return load.run((second, answered) -> progress.show(live(second, answered)));
    } catch (NbdException e) {
      throw new CliException(e.getMessage(), "");
    } finally {
      progress.end();
    }
  }

  private static String live(long second, Histogram answered) {
    return second < 0
        ? "warming up"
        : "%d s: %,d IOPS, p50 %s, p99 %s"
            .formatted(
                second + 1,
                answered.getTotalCount(),
                Shown.nanos(answered.getValueAtPercentile(50)),
                Shown.nanos(answered.getValueAtPercentile(99)));
  }

  private static String text(LoadResult r) {
    StringBuilder text = new StringBuilder();
    line(text, "IOPS", "%,.0f".formatted(r.iops()));
    line(text, "throughput", Shown.digits(r.mibps()) + " MiB/s");
    line(text, "latency mean", Shown.nanos(r.latencies().mean()));
    line(text, "p50", Shown.nanos(r.latencies().p50()));
    line(text, "p90", Shown.nanos(r.latencies().p90()));
    line(text, "p99", Shown.nanos(r.latencies().p99()));
    line(text, "p99.9", Shown.nanos(r.latencies().p999()));
    line(text, "p99.99", Shown.nanos(r.latencies().p9999()));
    line(text, "max", Shown.nanos(r.latencies().max()));
    if (r.undone() > 0) {
      line(text, "left undone", "%,d requests that were due".formatted(r.undone()));
    }
    line(text, "errors", "%,d".formatted(r.errors()));
    if (r.lateNanos() > 0) {
      line(text, "sent late", "p99 %s, not in the above".formatted(Shown.nanos(r.lateNanos())));
    }
    line(text, "own CPU", Shown.digits(r.clientCpuMicros()) + " µs a request");
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("%-14s %s%n".formatted(name, value));
  }

  private static JsonObject json(Invocation given, LoadResult r) {
    return new JsonObject()
        .put("command", given.shellText())
        .put("seconds", r.seconds())
        .put("requests", r.operations())
        .put("bytes", r.bytes())
        .put("iops", r.iops())
        .put("mibps", r.mibps())
        .put("undone", r.undone())
        .put("errors", r.errors())
        .put("latencyMillis", ComparisonJson.latencies(r.latencies()))
        .put("sentLateMillisP99", r.lateNanos() / 1e6)
        .put("clientCpuMicrosPerRequest", r.clientCpuMicros());
  }

  private static int count(String text) {
    if (text.matches("\\d{1,4}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= 1024) {
      return Integer.parseInt(text);
    }
    throw new IllegalArgumentException("'" + text + "' is not a count from 1 to 1024");
  }

  private static long seed(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not a whole number");
    }
  }
}
