package dev.quarry.bench;

import dev.quarry.cli.ByteSize;
import dev.quarry.cli.CliException;
import dev.quarry.cli.CommandBuilder;
import dev.quarry.cli.Invocation;
import dev.quarry.cli.LogFormat;
import dev.quarry.cli.Logs;
import dev.quarry.report.ComparisonCsv;
import dev.quarry.report.ComparisonJson;
import dev.quarry.report.ComparisonText;
import dev.quarry.report.HtmlReport;
import dev.quarry.shaping.Limits;
import dev.quarry.shaping.VolumeParameterException;
import dev.quarry.tiers.Comparison;
import dev.quarry.tiers.PriceTable;
import dev.quarry.tiers.Tier;
import dev.quarry.tiers.TierRunner;
import dev.quarry.tiers.Work;
import dev.quarry.workload.TraceException;
import dev.quarry.workload.WorkloadText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// Compares tiers under the same work.
final class TiersCommand {
  private static final String SIZE = "--size";
  private static final String PRICES = "--prices";
  private static final String LIMITS = "--limits";
  private static final String SERVICE = "--service-time";
  private static final String REAL_TIME = "--real-time";
  private static final String SCRATCH = "--scratch";
  private static final String REPORT = "--report";
  private static final String JSON = "--json";
  private static final String CSV = "--csv";

  private TiersCommand() {}

  static CommandSpec spec() {
    return WorkOptions.addTo(
            new CommandBuilder(
                    "tiers",
                    "Puts the same work on volumes of several types and tells which to take. Time"
                        + " is virtual: hours pass in seconds, under the limits that volumes"
                        + " really have here.")
                .words(
                    "TIER",
                    "What to compare, such as gp3:100GiB,iops=6000,throughput=250. Default: each"
                        + " type at the size the work needs."))
        .option(
            SIZE,
            "SIZE",
            "The size of the tiers that are taken by default.",
            ByteSize.class,
            ByteSize::parse)
        .option(
            LIMITS,
            "YEAR",
            "The vintage of EBS's limits: 2023 or 2026.",
            "2026",
            Limits.Profile.class,
            Limits.Profile::parse)
        .option(
            PRICES,
            "FILE",
            "A table of prices in place of the one for us-east-1; ADR 50 shows its form.")
        .option(
            SERVICE,
            "TIME",
            "How long a volume takes for a request that no limit holds up. Default: assumed for"
                + " each type, 0.5 ms to 8 ms.",
            Duration.class,
            WorkloadText::duration)
        .flag(
            REAL_TIME,
            "Carry the requests out on volumes of the engine, by the machine's clock. Takes as"
                + " long as the work does, for each tier.")
        .option(SCRATCH, "DIR", "Where volumes are put for that. Default: the temporary folder.")
        .option(REPORT, "FILE", "Also write a page of HTML with plots, complete in itself.")
        .option(JSON, "FILE", "Also write all results as JSON.")
        .option(CSV, "FILE", "Also write the plots' points as CSV.")
        .choice(
            Invocation.OUTPUT,
            "FORMAT",
            "How to show the results.",
            Invocation.Output.TABLE,
            Invocation.Output.class)
        .examples(
            "quarry bench tiers                                     a database, on each type",
            "quarry bench tiers --workload boot-storm --report boot.html",
            "quarry bench tiers gp2:100GiB gp3:100GiB gp3:100GiB,iops=6000,throughput=250",
            "quarry bench tiers --trace my.blkparse --report mine.html",
            "quarry bench tiers gp3:50GiB --job 'rw=randread bs=4k depth=32' --for 10m",
            "quarry bench tiers --show-workload                     its figures, with reasons")
        .does(TiersCommand::run);
  }

  private static void run(Invocation given) throws IOException, InterruptedException {
    if (given.flag(WorkOptions.SHOW)) {
      given.print(WorkOptions.shown(given));
      return;
    }
    try {
      compare(given);
    } catch (TraceException e) {
      throw new CliException(
          e.getMessage(), "see --format, and --skip-bad-lines to leave out what cannot be read");
    }
  }

  private static void compare(Invocation given) throws IOException, InterruptedException {
    Work work = WorkOptions.of(given);
    Limits limits = Limits.of(given.<Limits.Profile>value(LIMITS));
    List<Tier> tiers = tiers(given, work, limits);
    PriceTable prices = prices(given);
    TierRunner runner = new TierRunner(limits, given.optional(SERVICE));
    Comparison.Mode mode = given.flag(REAL_TIME) ? Comparison.Mode.REAL : Comparison.Mode.VIRTUAL;
    Logs.begin(LogFormat.TEXT);
    TierRuns runs = new TierRuns(runner, scratch(given), Progress.of(given));
    Comparison all =
        new Comparison(
            work,
            mode == Comparison.Mode.REAL
                ? runs.oneByOne(tiers, work)
                : runs.sideBySide(tiers, work),
            prices,
            mode);
    String command = given.shellText();
    write(given, JSON, new String(ComparisonJson.of(all, command).bytes(), StandardCharsets.UTF_8));
    write(given, CSV, ComparisonCsv.of(all));
    write(given, REPORT, HtmlReport.of(all, command));
    given.show(ComparisonJson.of(all, command), _ -> ComparisonText.of(all));
  }

  private static List<Tier> tiers(Invocation given, Work work, Limits limits) {
    List<Tier> tiers = new ArrayList<>();
    try {
      for (String text : given.words()) {
        tiers.add(Tier.parse(text, limits));
      }
      if (tiers.isEmpty()) {
        long bytes =
            given.<ByteSize>optional(SIZE).map(ByteSize::bytes).orElse((long) work.sizeGib() << 30);
        tiers.addAll(Tier.usual(Math.clamp(Math.ceilDiv(bytes, 1L << 30), 1, 65_536), limits));
      }
    } catch (IllegalArgumentException | VolumeParameterException e) {
      throw given.wrongUsage(e.getMessage());
    }
    return tiers;
  }

  private static PriceTable prices(Invocation given) throws IOException {
    Optional<String> file = given.text(PRICES);
    if (file.isEmpty()) {
      return PriceTable.builtIn();
    }
    try {
      return PriceTable.parse(TextFile.read(Path.of(file.get())));
    } catch (IllegalArgumentException e) {
      throw new CliException(file.get() + ", " + e.getMessage(), "");
    }
  }

  private static Path scratch(Invocation given) {
    Path folder =
        Path.of(given.text(SCRATCH).orElseGet(() -> System.getProperty("java.io.tmpdir")));
    if (!Files.isDirectory(folder)) {
      throw given.wrongUsage(SCRATCH + ": there is no folder " + folder);
    }
    return folder;
  }

  private static void write(Invocation given, String option, String text) {
    given.text(option).ifPresent(file -> TextFile.write(Path.of(file), text));
  }
}
