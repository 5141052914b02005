package dev.quarry.report;

import java.util.List;

/// Some quantities over time.
///
/// @param id a word of its own in the page
/// @param title what is plotted
/// @param note what the reader should know
/// @param vertical the scale of the quantities
/// @param series one line each
/// @param seconds where time ends
record Plot(
    String id, String title, String note, Axis vertical, List<Series> series, double seconds) {

  Plot {
    series = List.copyOf(series);
  }

  /// @param name what it is of
  /// @param style which color and dashes, from 0 on
  /// @param points in the order of time
  /// @param summary in words, for those who do not see it
  record Series(String name, int style, List<Spot> points, String summary) {
    Series {
      points = List.copyOf(points);
    }
  }

  /// @param seconds when
  /// @param quantity how much
  record Spot(double seconds, double quantity) {}
}
