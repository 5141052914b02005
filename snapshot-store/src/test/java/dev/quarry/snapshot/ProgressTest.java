package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import org.junit.jupiter.api.Test;

final class ProgressTest {
  private final ProgressMeter meter = new ProgressMeter(Clock.systemUTC());

  @Test
  void percent_beforeChunksAreCounted_isZero() {
    assertEquals(0, meter.now().percent());
  }

  @Test
  void percent_ofNothingToDo_isAll() {
    meter.expect(0, () -> 0);
    assertEquals(100, meter.now().percent());
  }

  @Test
  void percent_onTheWay_isWhatIsDone() {
    meter.expect(4, () -> 0);
    meter.done(1);
    assertEquals(25, meter.now().percent());
  }
}
