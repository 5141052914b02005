package dev.quarry.shaping;

import static dev.quarry.shaping.Workloads.GIB;
import static dev.quarry.shaping.Workloads.KIB;
import static dev.quarry.shaping.Workloads.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.IoKind;
import dev.quarry.shaping.Performance.ByteBurst;
import dev.quarry.shaping.Performance.IoBurst;
import dev.quarry.shaping.Performance.Steady;
import dev.quarry.shaping.Performance.Unshaped;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ThrottleTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int TOLERATED = 150; // I/Os of 3,000 a second in 50 ms
  private static final Steady GP3 = new Steady(3_000, 125 * MIB);
  private static final IoBurst GP2_100 = new IoBurst(300, 3_000, 5_400_000, 128 * MIB, 128 * MIB);
  private static final IoBurst GP2_250 = new IoBurst(750, 3_000, 5_400_000, 250 * MIB, 128 * MIB);
  private static final ByteBurst ST1 = new ByteBurst(40 * MIB, 250 * MIB, 1024 * GIB, 500);

  private final ManualTime time = new ManualTime(77);
  private long offset;

  @Test
  void admit_moreThanTheTolerance_waitsAtTheRate() {
    Throttle.Flow flow = Throttle.create(GP3, time).flow();
    for (int i = 0; i < TOLERATED; i++) {
      assertEquals(0, random(flow, 4 * KIB));
    }
    assertEquals(333_334, random(flow, 4 * KIB));
    assertEquals(666_667, random(flow, 4 * KIB));
    time.pause(666_667);
    assertEquals(333_333, random(flow, 4 * KIB));
  }

  @Test
  void admit_onTwoFlows_sharesOneVolume() {
    Throttle throttle = Throttle.create(GP3, time);
    Throttle.Flow one = throttle.flow();
    Throttle.Flow other = throttle.flow();
    for (int i = 0; i < TOLERATED / 2; i++) {
      assertEquals(0, random(one, 4 * KIB));
      assertEquals(0, random(other, 4 * KIB));
    }
    assertEquals(333_334, random(one, 4 * KIB));
    assertEquals(666_667, random(other, 4 * KIB));
    assertEquals(333_334, one.waitingNanos());
    time.pause(400_000);
    assertTrue(one.waitingNanos() <= 0);
    assertEquals(266_667, other.waitingNanos());
  }

  @Test
  void admit_largeRequests_waitForThroughput() {
    Throttle throttle = Throttle.create(GP3, time);
    Throttle.Flow flow = throttle.flow();
    assertEquals(0, random(flow, 6400 * KIB)); // the tolerance: 50 ms of 125 MiB/s
    assertEquals(8_000_000, random(flow, 1024 * KIB));
    assertEquals(new Exceeded(0, 8_000_000), throttle.exceeded());
  }

  @Test
  void admit_smallRequests_countAsExceedingIops() {
    Throttle throttle = Throttle.create(new Steady(20, 125 * MIB), time);
    Throttle.Flow flow = throttle.flow();
    assertEquals(0, random(flow, 4 * KIB));
    assertEquals(50_000_000, random(flow, 4 * KIB));
    assertEquals(new Exceeded(50_000_000, 0), throttle.exceeded());
    assertEquals(50_000_000, throttle.exceeded().totalNanos());
  }

  @Test
  void admit_sequentialRequests_countTogether() {
    Throttle.Flow flow = Throttle.create(new Steady(20, 1000 * MIB), time).flow();
    assertEquals(0, flow.admit(IoKind.WRITE, 0, 32 * KIB));
    for (int i = 1; i < 8; i++) {
      assertEquals(0, flow.admit(IoKind.WRITE, i * 32 * KIB, 32 * KIB));
    }
    assertEquals(50_000_000, flow.admit(IoKind.WRITE, 256 * KIB, 32 * KIB));
  }

  @Test
  void admit_zeroing_countsAsTheWriteItStandsFor() {
    Throttle.Flow flow = Throttle.create(new Steady(3_000, 128 * MIB), time).flow();
    long wait = flow.admit(IoKind.ZERO, 0, 128 * MIB + 6400 * KIB);
    assertEquals(SECOND, wait, 10_000_000);
  }

  @Test
  void admit_trimming_countsAsOneIoWithoutBytes() {
    Throttle.Flow flow = Throttle.create(new Steady(20, MIB), time).flow();
    assertEquals(0, flow.admit(IoKind.TRIM, 0, 64 * GIB));
    assertEquals(50_000_000, flow.admit(IoKind.TRIM, 0, 64 * GIB));
  }

  @Test
  void admit_trimmingBetween_doesNotEndASequentialRun() {
    Throttle.Flow flow = Throttle.create(new Steady(40, 1000 * MIB), time).flow();
    assertEquals(0, flow.admit(IoKind.WRITE, 0, 64 * KIB));
    assertEquals(0, flow.admit(IoKind.TRIM, GIB, MIB));
    assertEquals(0, flow.admit(IoKind.WRITE, 64 * KIB, 64 * KIB));
  }

  @ParameterizedTest
  @EnumSource
  void admit_noBytes_isNotCharged(IoKind kind) {
    Throttle.Flow flow = Throttle.create(new Steady(1, MIB), time).flow();
    for (int i = 0; i < 100; i++) {
      assertEquals(0, flow.admit(kind, 4096, 0));
    }
    assertEquals(0, random(flow, 4 * KIB));
  }

  @Test
  void unlimited_anything_neverWaits() {
    Throttle throttle = Throttle.create(new Unshaped(), time);
    Throttle.Flow flow = throttle.flow();
    for (int i = 0; i < 1_000; i++) {
      assertTrue(flow.wouldAdmit(IoKind.WRITE, 0, GIB));
      assertEquals(0, flow.admit(IoKind.WRITE, 0, GIB));
    }
    assertEquals(Optional.empty(), throttle.burstBalance());
    assertEquals(OptionalLong.empty(), throttle.performance().baselineIops());
  }

  @Test
  void wouldAdmit_untilTheTolerance_chargesNothing() {
    Throttle.Flow flow = Throttle.create(GP3, time).flow();
    for (int i = 0; i < TOLERATED; i++) {
      assertTrue(flow.wouldAdmit(IoKind.READ, 0, 4096));
      assertTrue(flow.wouldAdmit(IoKind.READ, 0, 4096));
      random(flow, 4 * KIB);
    }
    assertFalse(flow.wouldAdmit(IoKind.READ, 0, 4096));
    time.pause(333_334);
    assertTrue(flow.wouldAdmit(IoKind.READ, 0, 4096));
    assertFalse(flow.wouldAdmit(IoKind.READ, 0, 8 * MIB));
  }

  @Test
  void gp2_asCreditsAreSpent_tellsTheExactBalance() {
    Throttle throttle = Throttle.create(GP2_100, time);
    Throttle.Flow flow = throttle.flow();
    assertEquals(Optional.of(new BurstBalance(5_400_000, 5_400_000)), throttle.burstBalance());
    for (int i = 0; i < 27; i++) {
      random(flow, 4 * KIB);
    }
    BurstBalance balance = throttle.burstBalance().orElseThrow();
    assertEquals(5_399_973, balance.credits());
    assertEquals(99.9995, balance.percent());
    time.pause(SECOND / 10); // 30 credits earned, 27 of them fit
    assertEquals(100.0, throttle.burstBalance().orElseThrow().percent());
  }

  @Test
  void gp2_withoutCredits_fallsToTheBaselineAndNotToAStop() {
    Throttle.Flow flow = spent(GP2_100).flow();
    assertEquals(3_333_334, random(flow, 4 * KIB));
    assertEquals(6_666_667, random(flow, 4 * KIB));
  }

  @Test
  void gp2OfMiddleSize_withoutCredits_losesItsThroughputToo() {
    Throttle.Flow full = Throttle.create(GP2_250, time).flow();
    assertEquals(0, random(full, 12_800 * KIB));
    assertEquals(4_000_000, random(full, MIB)); // 250 MiB/s
    Moment now = new Moment(0, 0, "boot");
    Throttle.Flow spent =
        Throttle.resume(GP2_250, new SavedCredits(40, now), now, time).flow(); // but tolerance
    assertEquals(7_812_500, random(spent, 6554 * KIB + MIB)); // 128 MiB/s
  }

  @Test
  void gp2OfLargeSize_needsNoCredits() {
    Throttle throttle =
        Throttle.create(new IoBurst(4_500, 4_500, 5_400_000, 250 * MIB, 250 * MIB), time);
    Throttle.Flow flow = throttle.flow();
    for (int i = 0; i < 10_000; i++) {
      random(flow, 4 * KIB);
    }
    assertEquals(100.0, throttle.burstBalance().orElseThrow().percent());
    assertEquals(Optional.empty(), throttle.save(new Moment(0, 0, "boot"), Duration.ZERO));
  }

  @Test
  void st1_smallRandomRequests_payForAWholeMebibyte() {
    Throttle throttle = Throttle.create(ST1, time);
    Throttle.Flow flow = throttle.flow();
    random(flow, 4 * KIB);
    BurstBalance balance = throttle.burstBalance().orElseThrow();
    assertEquals(1024 * GIB, balance.capacity());
    assertEquals(1024 * GIB - MIB, balance.credits());
  }

  @Test
  void st1_withoutCredits_fallsToItsBase() {
    Throttle.Flow flow = spent(ST1).flow();
    assertEquals(25_000_000, random(flow, MIB));
  }

  @Test
  void reshape_toMoreIops_keepsWaitsAlreadyToldAndGivesNoBurst() {
    Throttle throttle = Throttle.create(new Steady(20, 125 * MIB), time);
    Throttle.Flow flow = throttle.flow();
    random(flow, 4 * KIB);
    assertEquals(50_000_000, random(flow, 4 * KIB));
    throttle.reshape(GP3);
    assertEquals(GP3, throttle.performance());
    assertEquals(50_333_334, random(flow, 4 * KIB), 1.0);
    time.pause(SECOND);
    assertEquals(0, random(flow, 4 * KIB));
  }

  @Test
  void reshape_largerGp2_keepsItsCredits() {
    Throttle throttle = spent(GP2_100);
    throttle.reshape(GP2_250);
    assertEquals(0, throttle.burstBalance().orElseThrow().credits());
    time.pause(SECOND);
    assertEquals(750, throttle.burstBalance().orElseThrow().credits());
  }

  @Test
  void reshape_largerSt1_addsItsNewCapacityFull() {
    Throttle throttle = spent(ST1);
    throttle.reshape(new ByteBurst(80 * MIB, 500 * MIB, 2048 * GIB, 500));
    assertEquals(new BurstBalance(1024 * GIB, 2048 * GIB), throttle.burstBalance().orElseThrow());
  }

  @Test
  void reshape_toAnotherKind_beginsWithAllCredits() {
    Throttle throttle = Throttle.create(GP3, time);
    throttle.reshape(GP2_100);
    assertEquals(100.0, throttle.burstBalance().orElseThrow().percent());
    throttle.reshape(GP3);
    assertEquals(Optional.empty(), throttle.burstBalance());
    throttle.reshape(new Unshaped());
    assertEquals(0, random(throttle.flow(), GIB));
  }

  @Test
  void status_whileCreditsGoDown_tellsHowLongTheyLast() {
    Throttle throttle = Throttle.create(GP2_100, time);
    ThrottleStatus draining = throttle.status(new Achieved(180_000, 0, 60 * SECOND));
    assertEquals(OptionalLong.of(2_000), draining.secondsLeft());
    assertEquals(OptionalLong.of(300), draining.performance().baselineIops());
    assertEquals(OptionalLong.of(3_000), draining.performance().burstIops());
    ThrottleStatus large = throttle.status(new Achieved(6_000, 6_000 * MIB, 60 * SECOND));
    assertEquals(OptionalLong.of(54_000), large.secondsLeft()); // 400 units of 256 KiB a second
    ThrottleStatus resting = throttle.status(new Achieved(6_000, 0, 60 * SECOND));
    assertEquals(OptionalLong.empty(), resting.secondsLeft());
    assertEquals(100.0, resting.balance().orElseThrow().percent());
  }

  @Test
  void status_ofSt1AndOfGp3_tellsBytesAndNothing() {
    Throttle st1 = Throttle.create(ST1, time);
    ThrottleStatus status = st1.status(new Achieved(15_000, 15_000 * MIB, 60 * SECOND));
    assertEquals(OptionalLong.of((long) Math.ceil(1024 * 1024 / 210.0)), status.secondsLeft());
    ThrottleStatus gp3 = Throttle.create(GP3, time).status(new Achieved(180_000, 0, 60 * SECOND));
    assertEquals(Optional.empty(), gp3.balance());
    assertEquals(OptionalLong.empty(), gp3.secondsLeft());
  }

  @Test
  void reshape_whileALowThroughputHoldsRequestsUp_keepsTheirWaits() {
    Moment now = new Moment(0, 0, "boot");
    Throttle throttle = Throttle.resume(GP2_250, new SavedCredits(100, now), now, time);
    Throttle.Flow flow = throttle.flow();
    assertEquals(0, random(flow, 256 * KIB));
    random(flow, 12 * MIB); // most of it at 128 MiB/s, and the credits
    long wait = random(flow, 4 * KIB);
    throttle.reshape(new Steady(16_000, 1_000 * MIB));
    assertTrue(random(flow, 4 * KIB) > wait);
  }

  @Test
  void performance_thatCannotBe_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Steady(0, MIB));
    assertThrows(IllegalArgumentException.class, () -> new Steady(100, 0));
    assertThrows(IllegalArgumentException.class, () -> new IoBurst(100, 99, 1, MIB, MIB));
    assertThrows(IllegalArgumentException.class, () -> new ByteBurst(MIB, MIB - 1, GIB, 500));
  }

  private Throttle spent(Performance performance) {
    Moment now = new Moment(0, 0, "boot");
    return Throttle.resume(performance, new SavedCredits(0, now), now, time);
  }

  /// Admits a read that continues no other.
  private long random(Throttle.Flow flow, long length) {
    offset += 4 * GIB;
    return flow.admit(IoKind.READ, offset, length);
  }
}
