package dev.quarry.tiers;

import dev.quarry.shaping.VolumeType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/// What volumes cost a month, in dollars.
///
/// As text: `KEY = VALUE` a line, `#` begins a comment. Texts are `region`, `as-of` and `source`;
/// prices are `TYPE.gib` a GiB, `TYPE.iops` a provisioned I/O a second, `TYPE.mibps` a provisioned
/// MiB/s, `TYPE.million-requests`. Of IOPS and MiB/s, `TYPE.free-iops` and `TYPE.free-mibps` cost
/// nothing, and `TYPE.iops-above-32000` is the price of those beyond that number.
public final class PriceTable {
  private static final String ABOVE = ".iops-above-";

  private final Map<String, String> texts = new LinkedHashMap<>();
  private final Map<String, Double> figures = new LinkedHashMap<>();

  private PriceTable() {}

  /// The table that comes with Quarry.
  public static PriceTable builtIn() {
    try (InputStream in = PriceTable.class.getResourceAsStream("us-east-1.prices")) {
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Reads a table.
  ///
  /// @throws IllegalArgumentException if it is none; the message names the line
  public static PriceTable parse(String text) {
    PriceTable table = new PriceTable();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      int comment = line.indexOf('#');
      String stripped = (comment < 0 ? line : line.substring(0, comment)).strip();
      if (!stripped.isEmpty() && !table.read(stripped)) {
        throw new IllegalArgumentException(
            "line " + number + ": not KEY = VALUE, such as gp3.gib = 0.08: '" + stripped + "'");
      }
    }
    return table;
  }

  private boolean read(String line) {
    String[] pair = line.split("=", 2);
    if (pair.length < 2) {
      return false;
    }
    String key = pair[0].strip();
    String value = pair[1].strip();
    switch (key) {
      case "region", "as-of", "source" -> texts.put(key, value);
      default -> {
        if (!key.matches(
            "[a-z0-9]+\\.(gib|iops|mibps|million-requests|free-iops|free-mibps"
                + "|iops-above-\\d{1,9})")) {
          return false;
        }
        try {
          double figure = Double.parseDouble(value);
          if (!(figure >= 0 && figure < 1e9)) {
            return false;
          }
          figures.put(key, figure);
        } catch (NumberFormatException e) {
          return false;
        }
      }
    }
    return true;
  }

  /// Where the prices hold, since when, and who says so.
  public String origin() {
    return "%s, as of %s; %s"
        .formatted(
            texts.getOrDefault("region", "an unnamed region"),
            texts.getOrDefault("as-of", "an unknown date"),
            texts.getOrDefault("source", "source not given"));
  }

  /// What a volume costs a month; empty if the table has no price for its type.
  ///
  /// @param requestsPerMonth for types that are paid by request
  public OptionalDouble monthly(Tier tier, double requestsPerMonth) {
    VolumeType type = tier.type();
    if (!figures.containsKey(type + ".gib")) {
      return OptionalDouble.empty();
    }
    double sum = figure(type, "gib") * tier.spec().sizeGib();
    int iops = tier.spec().provisioned().iops().orElse(0);
    sum += iopsPrice(type, Math.max(0, iops - figure(type, "free-iops")));
    int mibps = tier.spec().provisioned().throughputMibps().orElse(0);
    sum += figure(type, "mibps") * Math.max(0, mibps - figure(type, "free-mibps"));
    return OptionalDouble.of(sum + figure(type, "million-requests") * requestsPerMonth / 1e6);
  }

  /// The price of IOPS that goes down in steps.
  private double iopsPrice(VolumeType type, double iops) {
    TreeMap<Double, Double> steps = new TreeMap<>();
    steps.put(0.0, figure(type, "iops"));
    figures.forEach((key, price) -> {
      if (key.startsWith(type + ABOVE)) {
        steps.put(Double.valueOf(key.substring((type + ABOVE).length())), price);
      }
    });
    double sum = 0;
    for (Map.Entry<Double, Double> step : steps.entrySet()) {
      Double next = steps.higherKey(step.getKey());
      double end = next == null ? iops : Math.min(iops, next);
      sum += Math.max(0, end - step.getKey()) * step.getValue();
    }
    return sum;
  }

  private double figure(VolumeType type, String name) {
    return figures.getOrDefault(type + "." + name, 0.0);
  }
}
