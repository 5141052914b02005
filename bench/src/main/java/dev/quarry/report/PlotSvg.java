package dev.quarry.report;

import dev.quarry.report.Plot.Series;
import dev.quarry.report.Plot.Spot;
import java.util.List;
import java.util.Locale;

/// Draws plots, in one of two shapes: text in an SVG shrinks with it, so that a phone needs another
/// drawing than a desk.
///
/// @param name the shape's class in the style sheet
/// @param width of the drawing
/// @param height of the drawing
/// @param timeTicks about how many times to name
/// @param mostSpots more points than these are drawn as their mean
record PlotSvg(String name, int width, int height, int timeTicks, int mostSpots) {
  static final PlotSvg WIDE = new PlotSvg("wide", 880, 300, 10, 240);
  static final PlotSvg NARROW = new PlotSvg("narrow", 360, 260, 5, 120);

  private static final int LEFT = 58;
  private static final int RIGHT = 14;
  private static final int TOP = 12;
  private static final int BOTTOM = 28;

  String draw(Plot plot) {
    Axis.Even time = Axis.Even.time(plot.seconds(), timeTicks);
    String id = plot.id() + "-" + name;
    StringBuilder svg = new StringBuilder();
    svg.append(
        """
        <svg class="%s" viewBox="0 0 %d %d" role="img" tabindex="0" aria-labelledby="%s-t %s-d">
        <title id="%s-t">%s</title>
        <desc id="%s-d">%s</desc>
        """
            .formatted(
                name, width, height, id, id, id, Html.escape(plot.title()), id, describe(plot)));
    grid(svg, plot.vertical(), time);
    for (Series series : plot.series()) {
      line(svg, plot, series, time);
    }
    return svg.append("</svg>\n").toString();
  }

  private static String describe(Plot plot) {
    StringBuilder text = new StringBuilder(plot.note());
    plot.series().forEach(s -> text.append(' ').append(s.name()).append(": ").append(s.summary()));
    return Html.escape(text.toString());
  }

  private void grid(StringBuilder svg, Axis vertical, Axis.Even time) {
    svg.append("<g class=\"grid\">\n");
    for (Axis.Tick tick : vertical.ticks()) {
      double y = y(vertical, tick.quantity());
      svg.append(
          format("<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT, width - RIGHT, y, y));
      svg.append(
          format(
              "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
              LEFT - 7, y + 4, Html.escape(tick.label())));
    }
    for (Axis.Tick tick : time.ticks()) {
      double x = x(time, tick.quantity());
      svg.append(
          format(
              "<line class=\"tick\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>",
              x, x, height - BOTTOM, height - BOTTOM + 4));
      svg.append(
          format(
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>\n",
              x, height - 8, x > width - 40 ? "end" : "middle", Html.escape(tick.label())));
    }
    svg.append("</g>\n");
  }

  private void line(StringBuilder svg, Plot plot, Series series, Axis.Even time) {
    svg.append(
        "<polyline class=\"line s%d\" data-series=\"%s\" points=\""
            .formatted(series.style(), Html.escape(series.name())));
    for (Spot spot : thinned(series.points())) {
      svg.append(
          format("%.1f,%.1f ", x(time, spot.seconds()), y(plot.vertical(), spot.quantity())));
    }
    svg.append("\"/>\n");
  }

  private List<Spot> thinned(List<Spot> spots) {
    int each = Math.ceilDiv(spots.size(), mostSpots);
    if (each <= 1) {
      return spots;
    }
    return java.util.stream.IntStream.range(0, Math.ceilDiv(spots.size(), each))
        .mapToObj(i -> mean(spots.subList(i * each, Math.min(spots.size(), (i + 1) * each))))
        .toList();
  }

  private static Spot mean(List<Spot> spots) {
    return new Spot(
        spots.stream().mapToDouble(Spot::seconds).average().orElse(0),
        spots.stream().mapToDouble(Spot::quantity).average().orElse(0));
  }

  private double x(Axis time, double seconds) {
    return LEFT + time.position(seconds) * (width - LEFT - RIGHT);
  }

  private double y(Axis vertical, double quantity) {
    return height - BOTTOM - vertical.position(quantity) * (height - TOP - BOTTOM);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
