package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DeferralsTest {
  private static final long MILLI = 1_000_000;

  /// Just before the clock's numbers turn negative: they may.
  private static final long NOW = Long.MAX_VALUE - MILLI / 2;

  private final Deferrals deferrals = new Deferrals();

  private Job add(long waitNanos) {
    Job job = new Job();
    job.dueNanos(deferrals.due(waitNanos, NOW));
    deferrals.add(job);
    return job;
  }

  @Test
  void peekDue_beforeAndAfterItsTime_nullAndFirst() {
    Job first = add(MILLI);
    add(2 * MILLI);
    assertNull(deferrals.peekDue(NOW + MILLI - 1));
    assertSame(first, deferrals.peekDue(NOW + MILLI));
  }

  @Test
  void due_shorterWaitBehindLonger_notEarlier() {
    Job first = add(5 * MILLI);
    Job second = add(MILLI);
    assertEquals(first.dueNanos(), second.dueNanos());
    assertSame(first, deferrals.peekDue(NOW + 5 * MILLI));
    deferrals.removeFirst(NOW + 5 * MILLI);
    assertSame(second, deferrals.peekDue(NOW + 5 * MILLI));
  }

  @Test
  void untilWake_oneWaits_itsTime() {
    add(MILLI);
    deferrals.removeFirst(NOW + MILLI);
    add(MILLI / 4);
    assertEquals(MILLI / 4, deferrals.untilWake(NOW));
    assertEquals(0, deferrals.untilWake(NOW + MILLI));
  }

  @Test
  void untilWake_severalWait_notBeforeTheTick() {
    for (int i = 0; i < 3; i++) {
      add(MILLI / 10);
    }
    deferrals.removeFirst(NOW + MILLI / 10);
    assertEquals(Deferrals.TICK_NANOS, deferrals.untilWake(NOW + MILLI / 10));
    add(5 * MILLI);
    deferrals.removeFirst(NOW + MILLI);
    deferrals.removeFirst(NOW + MILLI);
    assertEquals(4 * MILLI, deferrals.untilWake(NOW + MILLI));
  }

  @Test
  void poll_all_inOrder() {
    Job first = add(MILLI);
    Job second = add(MILLI);
    assertSame(first, deferrals.poll());
    assertSame(second, deferrals.poll());
    assertNull(deferrals.poll());
    assertTrue(deferrals.isEmpty());
  }
}
