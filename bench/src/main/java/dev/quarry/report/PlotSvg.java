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
  static final PlotSvg NARROW = new PlotSvg("narrow", 360, 260, 4, 120);

  private static final int LEFT = 66;
  private static final int RIGHT = 14;
  private static final int TOP = 12;
  private static final int BOTTOM = 28;
  private static final int ROW = 50; // its name, and below it a band
  private static final int BAND = 20;

  String draw(Plot plot) {
    Axis.Even time = Axis.Even.time(plot.seconds(), timeTicks);
    StringBuilder svg = new StringBuilder();
    switch (plot.layout()) {
      case TOGETHER -> {
        head(svg, plot, height);
        verticalGrid(svg, plot.vertical());
        timeGrid(svg, time, LEFT, height);
        for (Series series : plot.series()) {
          line(svg, series, "", time, LEFT, plot.vertical(), TOP, height - BOTTOM);
        }
      }
      case ROWS -> {
        int rows = plot.series().size();
        int below = rows * ROW + BOTTOM + 4;
        head(svg, plot, below);
        timeGrid(svg, time, RIGHT, below);
        for (int i = 0; i < rows; i++) {
          row(svg, plot.series().get(i), i * ROW, plot.vertical(), time);
        }
      }
    }
    return svg.append("</svg>\n").toString();
  }

  private void head(StringBuilder svg, Plot plot, int drawnHeight) {
    String id = plot.id() + "-" + name;
    svg.append(
        """
        <svg class="%s" viewBox="0 0 %d %d" role="img" tabindex="0" aria-labelledby="%s-t %s-d">
        <title id="%s-t">%s</title>
        <desc id="%s-d">%s</desc>
        """
            .formatted(
                name,
                width,
                drawnHeight,
                id,
                id,
                id,
                Html.escape(plot.title()),
                id,
                describe(plot)));
  }

  private static String describe(Plot plot) {
    StringBuilder text = new StringBuilder(plot.note());
    plot.series().forEach(s -> text.append(' ').append(s.name()).append(": ").append(s.summary()));
    return Html.escape(text.toString());
  }

  private void verticalGrid(StringBuilder svg, Axis vertical) {
    svg.append("<g class=\"grid\">\n");
    for (Axis.Tick tick : vertical.ticks()) {
      double y = height - BOTTOM - vertical.position(tick.quantity()) * (height - TOP - BOTTOM);
      svg.append(
          format("<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT, width - RIGHT, y, y));
      svg.append(
          format(
              "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
              LEFT - 7, y + 4, Html.escape(tick.label())));
    }
    svg.append("</g>\n");
  }

  private void timeGrid(StringBuilder svg, Axis.Even time, int left, int drawnHeight) {
    svg.append("<g class=\"grid\">\n");
    int y = drawnHeight - BOTTOM;
    for (Axis.Tick tick : time.ticks()) {
      double x = x(time, left, tick.quantity());
      svg.append(
          format(
              "<line class=\"tick\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>",
              x, x, y, y + 4));
      svg.append(
          format(
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>\n",
              x, y + 20, anchor(x), Html.escape(tick.label())));
    }
    svg.append("</g>\n");
  }

  /// Labels at the ends must not leave the drawing.
  private String anchor(double x) {
    if (x < 30) {
      return "start";
    }
    return x > width - 40 ? "end" : "middle";
  }

  private void row(StringBuilder svg, Series series, int top, Axis vertical, Axis.Even time) {
    int bottom = top + ROW;
    svg.append(
        format(
            "<g class=\"grid\"><text x=\"%d\" y=\"%d\">%s</text>"
                + "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/></g>\n",
            RIGHT,
            bottom - BAND - 6,
            Html.escape(series.name()),
            RIGHT,
            width - RIGHT,
            bottom,
            bottom));
    svg.append("<polygon class=\"area f%d\" points=\"".formatted(series.style()));
    List<Spot> spots = thinned(series.points());
    svg.append(format("%.1f,%d ", x(time, RIGHT, spots.getFirst().seconds()), bottom));
    points(svg, spots, time, RIGHT, vertical, bottom - BAND, bottom);
    svg.append(format("%.1f,%d\"/>\n", x(time, RIGHT, spots.getLast().seconds()), bottom));
    line(svg, series, " thin", time, RIGHT, vertical, bottom - BAND, bottom);
  }

  private void line(
      StringBuilder svg,
      Series series,
      String type,
      Axis.Even time,
      int left,
      Axis vertical,
      int top,
      int bottom) {
    svg.append(
        "<polyline class=\"line s%d%s\" data-series=\"%s\" points=\""
            .formatted(series.style(), type, Html.escape(series.name())));
    points(svg, thinned(series.points()), time, left, vertical, top, bottom);
    svg.append("\"/>\n");
  }

  private void points(
      StringBuilder svg,
      List<Spot> spots,
      Axis.Even time,
      int left,
      Axis vertical,
      int top,
      int bottom) {
    for (Spot spot : spots) {
      double y = bottom - vertical.position(spot.quantity()) * (bottom - top);
      svg.append(format("%.1f,%.1f ", x(time, left, spot.seconds()), y));
    }
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

  private double x(Axis time, int left, double seconds) {
    return left + time.position(seconds) * (width - left - RIGHT);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
