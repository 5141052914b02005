package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long WINDOW = Pace.WINDOW_NANOS;
  private static final long ENOUGH = Pace.WINDOW_BYTES;

  private final Pace pace = new Pace();

  @Test
  void keptUp_nobodyWaits_everythingIsFastEnough() {
    for (int i = 0; i < 10; i++) {
      assertTrue(pace.keptUp(false, 0, i * WINDOW));
    }
  }

  @Test
  void keptUp_noProgressWhileOthersWait_untilTheWindowEnds() {
    assertTrue(pace.keptUp(true, 5, 0));
    assertTrue(pace.keptUp(true, 5, WINDOW - 1));
    assertFalse(pace.keptUp(true, 5, WINDOW));
  }

  @Test
  void keptUp_enoughInEachWindow_forEver() {
    for (int i = 0; i < 10; i++) {
      assertTrue(pace.keptUp(true, i * ENOUGH, i * WINDOW));
    }
    assertFalse(pace.keptUp(true, 10 * ENOUGH - 1, 10 * WINDOW));
  }

  @Test
  void keptUp_nobodyWaitedInBetween_newWindow() {
    assertTrue(pace.keptUp(true, 0, 0));
    assertTrue(pace.keptUp(false, 0, WINDOW));
    assertTrue(pace.keptUp(true, 0, 2 * WINDOW));
    assertTrue(pace.keptUp(true, 0, 3 * WINDOW - 1));
    assertFalse(pace.keptUp(true, 0, 3 * WINDOW));
  }
}
