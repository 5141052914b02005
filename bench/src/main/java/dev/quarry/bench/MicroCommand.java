package dev.quarry.bench;

import dev.quarry.cli.CliException;
import dev.quarry.cli.CommandBuilder;
import dev.quarry.cli.Invocation;
import dev.quarry.cli.TextTable;
import dev.quarry.node.JsonObject;
import dev.quarry.tiers.Shown;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;

/// Measures parts of the engine, with JMH.
final class MicroCommand {
  private static final String THREADS = "--threads";
  private static final String QUICK = "--quick";
  private static final String SAVE = "--save";
  private static final String COMPARE = "--compare";

  private MicroCommand() {}

  static CommandSpec spec() {
    return new CommandBuilder(
            "micro",
            "Measures parts of the engine with JMH: token bucket, throttle, cipher, the devices of"
                + " a volume one after the other, the table of its chunks, packs and manifests of"
                + " snapshots, NBD on a socket; and what measuring costs.")
        .words("PART", "Which, by a part of their names. Default: all, which takes minutes.")
        .option(
            THREADS,
            "COUNT",
            "On how many threads at a time.",
            "1",
            Integer.class,
            MicroCommand::count)
        .flag(QUICK, "For a moment only: to see that they run, not how fast.")
        .option(SAVE, "FILE", "Write the results, to compare with later.")
        .option(COMPARE, "FILE", "Show the change from results that were saved.")
        .choice(
            Invocation.OUTPUT,
            "FORMAT",
            "How to show the results.",
            Invocation.Output.TABLE,
            Invocation.Output.class)
        .examples(
            "quarry bench micro Pipeline --save before.json",
            "quarry bench micro Pipeline --compare before.json",
            "quarry bench micro Throttle --threads 4")
        .does(MicroCommand::run);
  }

  private static void run(Invocation given) {
    Map<String, Double> before =
        given.text(COMPARE).map(file -> saved(Path.of(file))).orElseGet(Map::of);
    List<MicroRun.Score> scores =
        new MicroRun(given.words(), given.value(THREADS), given.flag(QUICK)).run();
    if (scores.isEmpty()) {
      throw new CliException(
          "no benchmark has a name like that", "known are " + String.join(", ", MicroRun.names()));
    }
    JsonObject json = json(scores);
    given
        .text(SAVE)
        .ifPresent(file ->
            TextFile.write(Path.of(file), new String(json.bytes(), StandardCharsets.UTF_8)));
    given.show(json, _ -> table(scores, before));
  }

  private static JsonObject json(List<MicroRun.Score> scores) {
    return new JsonObject()
        .put(
            "benchmarks",
            scores.stream()
                .map(s ->
                    new JsonObject()
                        .put("name", s.name())
                        .put("nanos", s.nanos())
                        .put("errorNanos", s.errorNanos())
                        .put("allocatedBytes", s.allocatedBytes()))
                .toList());
  }

  private static Map<String, Double> saved(Path file) {
    try {
      JsonObject json = JsonObject.parse(TextFile.read(file).getBytes(StandardCharsets.UTF_8));
      Map<String, Double> nanos = new TreeMap<>();
      for (JsonObject one : json.objects("benchmarks")) {
        nanos.put(one.text("name").orElse(""), one.decimal("nanos").orElse(0.0));
      }
      return nanos;
    } catch (IOException e) {
      throw new CliException(file + ": " + e.getMessage(), "give a file written with " + SAVE);
    }
  }

  private static String table(List<MicroRun.Score> scores, Map<String, Double> before) {
    TextTable table = new TextTable("BENCHMARK", "TIME", "±", "ALLOCATED", "CHANGE");
    for (MicroRun.Score s : scores) {
      table.add(
          s.name(),
          Shown.digits(s.nanos()) + " ns",
          Shown.digits(s.errorNanos()),
          Shown.digits(s.allocatedBytes()) + " B",
          Optional.ofNullable(before.get(s.name()))
              .filter(old -> old > 0)
              .map(old -> String.format(Locale.ROOT, "%+.1f %%", 100 * (s.nanos() / old - 1)))
              .orElse(""));
    }
    return table.toString();
  }

  private static int count(String text) {
    if (text.matches("\\d{1,3}") && Integer.parseInt(text) >= 1) {
      return Integer.parseInt(text);
    }
    throw new IllegalArgumentException("'" + text + "' is not a count from 1 to 999");
  }
}
