package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DeferralsTest {
  private static final long MILLI = 1_000_000;

  /// Just before the clock's numbers turn negative: they may.
  private static final long NOW = Long.MAX_VALUE - MILLI / 2;

  private final Deferrals deferrals = new Deferrals();

  private Job add() {
    Job job = new Job();
    deferrals.add(job, NOW);
    return job;
  }

  @Test
  void isDue_beforeAndAtItsTime_noAndYes() {
    assertFalse(deferrals.isDue(NOW));
    add();
    deferrals.firstDue(NOW + MILLI);
    assertFalse(deferrals.isDue(NOW + MILLI - 1));
    assertTrue(deferrals.isDue(NOW + MILLI));
  }

  @Test
  void removeFirst_others_becomeFirstInOrder() {
    Job first = add();
    Job second = add();
    assertSame(first, deferrals.first());
    deferrals.removeFirst(NOW);
    assertSame(second, deferrals.first());
  }

  @Test
  void untilWake_oneWaits_itsTime() {
    add();
    deferrals.removeFirst(NOW);
    add();
    deferrals.firstDue(NOW + MILLI / 4);
    assertEquals(MILLI / 4, deferrals.untilWake(NOW));
    assertEquals(0, deferrals.untilWake(NOW + MILLI));
  }

  @Test
  void untilWake_severalWait_notBeforeTheTick() {
    add();
    add();
    add();
    deferrals.removeFirst(NOW);
    deferrals.firstDue(NOW + MILLI / 10);
    assertEquals(Deferrals.SHORTEST_TICK_NANOS, deferrals.untilWake(NOW));
    deferrals.firstDue(NOW + 5 * MILLI);
    assertEquals(5 * MILLI, deferrals.untilWake(NOW));
    assertEquals(4 * MILLI, deferrals.untilWake(NOW + MILLI));
  }

  @Test
  void untilWake_longWaits_longerTicks() {
    add();
    add();
    add();
    long later = NOW + 8 * MILLI;
    deferrals.removeFirst(later);
    deferrals.firstDue(later);
    assertEquals(2 * MILLI, deferrals.untilWake(later));
    add();
    deferrals.removeFirst(NOW + 800 * MILLI);
    assertEquals(Deferrals.LONGEST_TICK_NANOS, deferrals.untilWake(NOW + 800 * MILLI));
  }

  @Test
  void poll_all_inOrder() {
    Job first = add();
    Job second = add();
    assertSame(first, deferrals.poll());
    assertSame(second, deferrals.poll());
    assertNull(deferrals.poll());
    assertTrue(deferrals.isEmpty());
  }
}
