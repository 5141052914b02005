package dev.quarry.objects;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to keep trying, and how long to wait before each further try.
///
/// The wait is drawn evenly between nothing and a bound that doubles with each failure ("full
/// jitter": M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015), so that
/// clients that failed together do not come back together.
///
/// @param budget the time from the first try after which no further one begins
/// @param first the bound of the first wait
/// @param longest the bound that no wait exceeds, unless the store asks for more
public record Backoff(Duration budget, Duration first, Duration longest) {

  /// For work in the background: two minutes, from 50 ms to 10 s.
  public static final Backoff DEFAULT =
      new Backoff(Duration.ofMinutes(2), Duration.ofMillis(50), Duration.ofSeconds(10));

  public Backoff {
    if (budget.isNegative() || first.isNegative() || first.compareTo(longest) > 0) {
      throw new IllegalArgumentException(
          "waits are out of order budget=%s first=%s longest=%s".formatted(budget, first, longest));
    }
  }

  /// The same waits within another budget.
  public Backoff within(Duration budget) {
    return new Backoff(budget, first, longest);
  }

  /// Nanoseconds to wait after so many failures, at least one.
  long waitNanos(int failures, RandomGenerator random) {
    long bound = first.toNanos();
    for (int i = 1; i < failures && bound < longest.toNanos(); i++) {
      bound *= 2;
    }
    return random.nextLong(Math.min(bound, longest.toNanos()) + 1);
  }
}
