package dev.quarry.shaping;

import static dev.quarry.shaping.Workloads.GIB;
import static dev.quarry.shaping.Workloads.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.IoKind;
import dev.quarry.shaping.Performance.ByteBurst;
import dev.quarry.shaping.Performance.IoBurst;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SavedCreditsTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
  private static final IoBurst GP2 = new IoBurst(300, 3_000, 5_400_000, 128 * MIB, 128 * MIB);
  private static final ByteBurst ST1 = new ByteBurst(40 * MIB, 250 * MIB, 1024 * GIB, 500);

  private final ManualTime time = new ManualTime(5 * SECOND);

  @ParameterizedTest
  @CsvSource({
    // case, wall clock and uptime passed in seconds, same start of the machine, credits
    "away an hour, 3600, 3600, true, 2080000",
    "away a day, 86400, 86400, true, 5400000",
    "away no time, 0, 0, true, 1000000",
    "clock set back a day, -82800, 3600, true, 2080000",
    "clock set forward a day, 90000, 3600, true, 2080000",
    "machine restarted, 3600, 60, false, 2080000",
    "machine restarted and clock back, -82800, 60, false, 1000000",
    "machine restarted and clock forward, 90000, 60, false, 5400000",
    "uptime read out of order, 0, -1, true, 1000000",
    "wall clock beyond all sense, 9000000000000000, 60, false, 5400000",
    "wall clock before all sense, -9000000000000000, 60, false, 1000000",
  })
  void resume_afterATimeAway_earnsByTheRule(
      String name, long wallSeconds, long uptimeSeconds, boolean sameBoot, long credits) {
    Moment saved = new Moment(1_700_000_000_000L, 500 * SECOND, "one");
    Moment now =
        new Moment(
            saved.wallMillis() + wallSeconds * 1_000,
            saved.uptimeNanos() + uptimeSeconds * SECOND,
            sameBoot ? "one" : "two");
    Throttle throttle = Throttle.resume(GP2, new SavedCredits(1_000_000, saved), now, time);
    assertEquals(credits, throttle.burstBalance().orElseThrow().credits(), name);
    assertEquals(0, throttle.flow().admit(IoKind.READ, 0, 4096), "goes on at once");
  }

  @Test
  void nanosUntil_betweenTheEndsOfTime_isTheLongestTimeThereIs() {
    Moment first = new Moment(Long.MIN_VALUE, 0, "one");
    Moment last = new Moment(Long.MAX_VALUE, 0, "two");
    assertEquals(Long.MAX_VALUE, first.nanosUntil(last));
    assertEquals(0, last.nanosUntil(first));
  }

  @Test
  void savedCredits_beyondAnyVolume_areRefused() {
    Moment now = new Moment(0, 0, "one");
    for (long credits : new long[] {Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertThrows(IllegalArgumentException.class, () -> new SavedCredits(credits, now));
    }
  }

  @Test
  void resume_ofBytes_earnsAtTheBase() {
    Moment saved = new Moment(0, 0, "one");
    Throttle throttle =
        Throttle.resume(
            ST1, new SavedCredits(100 * GIB, saved), new Moment(0, 100 * SECOND, "one"), time);
    assertEquals(100 * GIB + 4_000 * MIB, throttle.burstBalance().orElseThrow().credits());
  }

  @Test
  void saveAndResume_ofACleanStop_keepsTheBalance() {
    for (Performance performance : new Performance[] {GP2, ST1}) {
      Throttle throttle = Throttle.create(performance, time);
      work(throttle, 1_000);
      Moment now = new Moment(0, 0, "one");
      SavedCredits saved = throttle.save(now, Duration.ZERO).orElseThrow();
      Throttle next = Throttle.resume(performance, saved, now, time);
      assertEquals(throttle.burstBalance(), next.burstBalance());
    }
  }

  /// A process that is killed just before the next save is due has spent all it may since the last.
  @Test
  void saveAhead_killedJustBeforeTheNextSave_givesNothingBack() {
    for (Performance performance : new Performance[] {GP2, ST1}) {
      Throttle throttle = Throttle.create(performance, time);
      Duration ahead = Duration.ofSeconds(10);
      long savedNanos = time.nanoTime();
      SavedCredits saved = throttle.save(moment(savedNanos), ahead).orElseThrow();
      Throttle.Flow flow = throttle.flow();
      for (long offset = 0; time.nanoTime() - savedNanos < ahead.toNanos(); offset += GIB) {
        time.pause(flow.admit(IoKind.WRITE, offset, 4096));
      }
      Throttle next =
          Throttle.resume(performance, saved, moment(time.nanoTime()), new ManualTime(0));
      long neverWent = performance instanceof ByteBurst ? MIB : 1; // the last one, still waiting
      long real = throttle.burstBalance().orElseThrow().credits() + neverWent;
      long resumed = next.burstBalance().orElseThrow().credits();
      assertTrue(resumed <= real, () -> resumed + " > " + real);
      assertEquals(real, resumed, real * 0.0001, "and takes no more than the tolerance");
    }
  }

  @Test
  void save_withLittleLeft_doesNotGoIntoDebt() {
    Moment now = new Moment(0, 0, "one");
    Throttle throttle = Throttle.resume(GP2, new SavedCredits(100, now), now, time);
    assertEquals(0, throttle.save(now, Duration.ofHours(1)).orElseThrow().credits());
  }

  @Test
  void save_withRequestsAdmittedAhead_keepsTheDebt() {
    Moment now = new Moment(0, 0, "one");
    Throttle throttle = Throttle.resume(GP2, new SavedCredits(0, now), now, time);
    work(throttle, 5);
    SavedCredits saved = throttle.save(now, Duration.ofSeconds(1)).orElseThrow();
    assertEquals(-5, saved.credits());
    Throttle next = Throttle.resume(GP2, saved, now, time);
    assertEquals(20_000_000, next.flow().admit(IoKind.READ, 0, 4096), 1.0);
  }

  private static void work(Throttle throttle, int count) {
    Throttle.Flow flow = throttle.flow();
    for (int i = 0; i < count; i++) {
      flow.admit(IoKind.READ, i * GIB, 4096);
    }
  }

  private static Moment moment(long uptimeNanos) {
    return new Moment(0, uptimeNanos, "one");
  }
}
