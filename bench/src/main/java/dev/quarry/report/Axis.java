package dev.quarry.report;

import dev.quarry.tiers.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A scale from quantities to positions, and the quantities to name on it.
sealed interface Axis {

  /// From 0 at its least quantity to 1 at its greatest.
  double position(double quantity);

  /// Where lines of the grid are.
  List<Tick> ticks();

  /// @param quantity where it is
  /// @param label its name
  record Tick(double quantity, String label) {}

  /// Even, from 0.
  ///
  /// @param most its greatest quantity, above 0
  record Even(double most, List<Tick> ticks) implements Axis {
    private static final int[] STEPS = {1, 2, 5, 10};

    public Even {
      ticks = List.copyOf(ticks);
    }

    @Override
    public double position(double quantity) {
      return Math.clamp(quantity / most, 0, 1);
    }

    /// Up to the next round number, in about `count` steps.
    static Even upTo(double most, int count) {
      double reach = most > 0 ? most : 1;
      double power = Math.pow(10, Math.floor(Math.log10(reach / count)));
      double step = power;
      for (int factor : STEPS) {
        step = power * factor;
        if (step * count >= reach) {
          break;
        }
      }
      int steps = (int) Math.ceil(reach / step - 1e-9);
      List<Tick> ticks = new ArrayList<>();
      for (int i = 0; i <= steps; i++) {
        ticks.add(new Tick(i * step, number(i * step, step)));
      }
      return new Even(steps * step, ticks);
    }

    /// 0 to 100 percent.
    static Even percent() {
      List<Tick> ticks = new ArrayList<>();
      for (int i = 0; i <= 100; i += 25) {
        ticks.add(new Tick(i, i + " %"));
      }
      return new Even(100, ticks);
    }

    /// Seconds, from 0 to just `most`, named in the unit that suits them.
    static Even time(double most, int count) {
      double[] steps = {
        0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800,
        21_600, 43_200, 86_400, 172_800
      };
      double step = steps[steps.length - 1];
      for (double candidate : steps) {
        if (most / candidate <= count) {
          step = candidate;
          break;
        }
      }
      List<Tick> ticks = new ArrayList<>();
      for (int i = 0; i * step <= most * (1 + 1e-9); i++) {
        ticks.add(new Tick(i * step, duration(i * step, step)));
      }
      return new Even(most > 0 ? most : 1, ticks);
    }

    private static String number(double quantity, double step) {
      if (step >= 1) {
        return String.format(Locale.ROOT, "%,.0f", quantity);
      }
      return String.format(Locale.ROOT, step >= 0.1 ? "%.1f" : "%.2f", quantity);
    }

    private static String duration(double seconds, double step) {
      if (seconds == 0) {
        return "0";
      }
      if (step < 60) {
        return number(seconds, step) + " s";
      }
      if (step < 3600) {
        return Math.round(seconds / 60) + " min";
      }
      return step < 86_400
          ? Math.round(seconds / 3600) + " h"
          : Math.round(seconds / 86_400) + " d";
    }
  }

  /// Each power of ten as far as the next: for latencies, which differ by many.
  ///
  /// @param least the power of ten it begins with
  /// @param most the one it ends with, greater
  record Powers(int least, int most) implements Axis {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    /// For milliseconds between these, both above 0.
    static Powers between(double lowMillis, double highMillis) {
      int low = (int) Math.floor(Math.log10(lowMillis));
      int high = (int) Math.ceil(Math.log10(highMillis));
      return new Powers(low, Math.max(low + 1, high));
    }

    @Override
    public double position(double quantity) {
      return Math.clamp((Math.log10(quantity) - least) / (most - least), 0, 1);
    }

    @Override
    public List<Tick> ticks() {
      List<Tick> ticks = new ArrayList<>();
      for (int power = least; power <= most; power++) {
        double millis = Math.pow(10, power);
        ticks.add(new Tick(millis, label(millis)));
      }
      return ticks;
    }

    private static String label(double millis) {
      long seconds = Math.round(millis / 1000);
      if (seconds >= 10_000) {
        return "10" + SUPERSCRIPTS.charAt((int) Math.log10(seconds)) + " s";
      }
      return seconds >= 100
          ? String.format(Locale.ROOT, "%,d s", seconds)
          : Shown.nanos(millis * NANOS_PER_MILLI).replaceAll("\\.0+ ", " ");
    }
  }
}
