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
/// @param layout how the lines share the room
record Plot(
    String id,
    String title,
    String note,
    Axis vertical,
    List<Series> series,
    double seconds,
    Layout layout) {

  Plot {
    series = List.copyOf(series);
  }

  /// How lines share the room.
  enum Layout {
    /// All on one scale, to be compared with each other.
    TOGETHER,
    /// One above the other: for lines that would lie on each other.
    ROWS
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
