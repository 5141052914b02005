package dev.quarry.report;

import dev.quarry.tiers.Comparison;
import dev.quarry.tiers.Shown;
import dev.quarry.tiers.TierResult;
import dev.quarry.tiers.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// A comparison as a page of HTML that is complete in itself: style and drawings are in it, nothing
/// is fetched, and no script runs. Its policy forbids both.
public final class HtmlReport {
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

  private final Comparison all;
  private final String command;
  private final StringBuilder page = new StringBuilder();

  private HtmlReport(Comparison all, String command) {
    this.all = all;
    this.command = command;
  }

  /// @param command how to do it again
  public static String of(Comparison all, String command) {
    return new HtmlReport(all, command).write();
  }

  private String write() {
    head();
    verdict();
    table();
    new Plots(all).all().forEach(this::plot);
    method();
    return page.append("</main>\n</body>\n</html>\n").toString();
  }

  private void head() {
    String title = "Which EBS volume for “" + all.work().name() + "”?";
    add(
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="%s">
        <link rel="icon" href="data:,">
        <title>%s</title>
        <style>
        %s</style>
        </head>
        <body>
        <header>
        <p class="eyebrow">Quarry tier benchmark</p>
        <h1>%s</h1>
        <p class="about">%s</p>
        <p class="goal"><span>Goal</span> %s</p>
        </header>
        <main>
        """,
        POLICY, title, Raw.of(style()), title, all.work().about(), all.work().goal());
  }

  private void verdict() {
    Verdict verdict = all.verdict();
    add(
        "<section class=\"verdict %s\" aria-labelledby=\"verdict\">\n<h2 id=\"verdict\">%s</h2>\n",
        verdict.tier().isPresent() ? "good" : "bad", verdict.headline());
    verdict
        .tier()
        .ifPresent(r ->
            add(
                """
                <dl class="figures">
                <div><dt>A month</dt><dd>%s</dd></div>
                <div><dt>p99 latency</dt><dd>%s</dd></div>
                <div><dt>Achieved</dt><dd>%s <small>IOPS</small></dd></div>
                <div><dt>Throughput</dt><dd>%s <small>MiB/s</small></dd></div>
                </dl>
                """,
                dollars(all.monthly(r), 2),
                Shown.nanos(r.latencies().p99()),
                Shown.digits(r.iops()),
                Shown.digits(r.mibps())));
    add("<ul>\n");
    verdict.reasons().forEach(reason -> add("<li>%s</li>\n", reason));
    add("</ul>\n</section>\n");
  }

  private void table() {
    add(
        """
        <section aria-labelledby="compare">
        <h2 id="compare">Side by side</h2>
        <div class="scroll" role="region" aria-labelledby="compare" tabindex="0">
        <table>
        <caption>What each volume achieved, and what it costs</caption>
        <thead><tr>
        <th scope="col">Volume</th><th scope="col">Goal</th><th scope="col">IOPS</th>
        <th scope="col">MiB/s</th><th scope="col">p50</th><th scope="col">p99</th>
        <th scope="col">p99.9</th><th scope="col">Throttled</th><th scope="col">Burst left</th>
        <th scope="col">Time</th><th scope="col">$ a month</th><th scope="col">$ per IOPS</th>
        </tr></thead>
        <tbody>
        """);
    for (int i = 0; i < all.results().size(); i++) {
      row(all.results().get(i), i % Plots.STYLES);
    }
    add("</tbody>\n</table>\n</div>\n</section>\n");
  }

  private void row(TierResult r, int style) {
    boolean taken = all.verdict().tier().map(r::equals).orElse(false);
    add(
        "<tr%s><th scope=\"row\">%s <span class=\"name\">%s</span></th>",
        Raw.of(taken ? " class=\"taken\"" : ""),
        key(style),
        Raw.of(Html.escape(r.tier().toString()).replace(",", ",<wbr>")));
    cell(r.meetsGoal() ? "✓ met" : "✗ missed", r.meetsGoal() ? "met" : "missed");
    cell(Shown.digits(r.iops()), "");
    cell(Shown.digits(r.mibps()), "");
    cell(Shown.nanos(r.latencies().p50()), "");
    cell(Shown.nanos(r.latencies().p99()), "");
    cell(Shown.nanos(r.latencies().p999()), "");
    cell(Math.round(100 * r.heldShare()) + " %", "");
    cell(ComparisonText.balance(r), "");
    cell(Shown.seconds(r.seconds()), "");
    cell(ComparisonText.price("%,.2f", all.monthly(r)), "");
    cell(ComparisonText.price("%,.4f", all.perAchievedIops(r)), "");
    add("</tr>\n");
  }

  private void cell(String text, String type) {
    add(type.isEmpty() ? "<td>%2$s</td>" : "<td class=\"%1$s\">%2$s</td>", type, text);
  }

  private void plot(Plot plot) {
    add(
        """
        <section aria-labelledby="%s">
        <h2 id="%s">%s</h2>
        <p class="note">%s</p>
        """,
        plot.id(), plot.id(), plot.title(), plot.note());
    if (plot.layout() == Plot.Layout.TOGETHER) { // rows have their names beside them
      add("<ul class=\"legend\">\n");
      plot.series().forEach(s -> add("<li>%s <span>%s</span></li>\n", key(s.style()), s.name()));
      add("</ul>\n");
    }
    add(
        "<figure>\n%s%s</figure>\n</section>\n",
        Raw.of(PlotSvg.WIDE.draw(plot)), Raw.of(PlotSvg.NARROW.draw(plot)));
  }

  /// The piece of line that tells which series is meant.
  private static Raw key(int style) {
    return Raw.of(
        "<svg class=\"key\" viewBox=\"0 0 28 10\" aria-hidden=\"true\"><line class=\"line s"
            + style
            + "\" x1=\"1\" x2=\"27\" y1=\"5\" y2=\"5\"/></svg>");
  }

  private void method() {
    add(
        """
        <section aria-labelledby="method">
        <h2 id="method">How this was measured</h2>
        <p>To do it again:</p>
        <pre tabindex="0"><code>%s</code></pre>
        <ul>
        <li>%s</li>
        <li>A request that no limit holds up is taken to need 1 ms on gp2, gp3 and io1, 0.5 ms on
        io2 and 8 ms on hard disks, unless the command says otherwise (<code>--service-time</code>).
        These are assumptions: EBS says "single-digit millisecond", and less than 0.5 ms on average
        for io2.</li>
        <li>A latency begins when the request was to be made, so that a volume which falls behind
        cannot hide it. Requests that were due and never made count with the time until the end.</li>
        <li>IOPS and MiB/s in the table are means over the whole run. “Throttled” is the share of
        the time in which at least one request was held up by the volume's limits.</li>
        <li>Prices: %s. They do not include snapshots or taxes.</li>
        </ul>
        </section>
        """,
        command,
        switch (all.mode()) {
          case VIRTUAL ->
              "Time was virtual: requests passed through the limits that Quarry holds volumes to,"
                  + " on a clock that goes from event to event.";
          case REAL ->
              "Time was real: requests were carried out on volumes of Quarry's engine, on this"
                  + " machine.";
        },
        all.prices().origin());
  }

  private static String dollars(double amount, int digits) {
    return amount < 0 ? "?" : "$" + ComparisonText.price("%,." + digits + "f", amount);
  }

  private static String style() {
    try (InputStream in = HtmlReport.class.getResourceAsStream("report.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Adds HTML, in which all values but [Raw] ones are made text.
  private void add(String format, Object... values) {
    Object[] safe = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      safe[i] = values[i] instanceof Raw raw ? raw.html() : Html.escape(values[i].toString());
    }
    page.append(safe.length == 0 ? format : format.formatted(safe));
  }

  /// HTML, not to be escaped.
  private record Raw(String html) {
    static Raw of(String html) {
      return new Raw(html);
    }
  }
}
