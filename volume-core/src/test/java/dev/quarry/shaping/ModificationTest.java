package dev.quarry.shaping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quarry.shaping.Modification.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ModificationTest {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant LATER = START.plusSeconds(5);
  private static final VolumeSpec SMALL = new VolumeSpec(1, new Provisioned.Gp2(), false);
  private static final VolumeSpec LARGE = new VolumeSpec(2, new Provisioned.Gp2(), false);

  @Test
  void modification_thatSucceeds_goesThroughItsStates() {
    Modification begun = Modification.begin(SMALL, LARGE, START);
    assertEquals("modifying", begun.state().apiName());
    assertEquals(SMALL, begun.effective());
    assertEquals(0, begun.progress());

    Modification optimizing = begun.optimizing(40);
    assertEquals("optimizing", optimizing.state().apiName());
    assertEquals(LARGE, optimizing.effective());
    assertEquals(40, optimizing.progress());
    assertEquals(Optional.empty(), optimizing.end());

    Modification completed = optimizing.completed(LATER);
    assertEquals("completed", completed.state().apiName());
    assertEquals(LARGE, completed.effective());
    assertEquals(100, completed.progress());
    assertEquals(START, completed.start());
    assertEquals(Optional.of(LATER), completed.end());
    assertThrows(IllegalStateException.class, () -> completed.optimizing(50));
    assertThrows(IllegalStateException.class, () -> completed.failed("late", LATER));
  }

  @Test
  void modification_thatFails_leavesTheVolumeAsItWas() {
    Modification failed = Modification.begin(SMALL, LARGE, START).failed("no space", LATER);
    assertEquals("failed", failed.state().apiName());
    assertEquals(SMALL, failed.effective());
    assertEquals("no space", failed.statusMessage());
    assertThrows(IllegalStateException.class, () -> failed.completed(LATER));
  }

  @Test
  void checkFinished_whileGoingOn_isRefusedInTheWordsOfEbs() {
    Modification begun = Modification.begin(SMALL, LARGE, START);
    for (Modification running : List.of(begun, begun.optimizing(99))) {
      var e = assertThrows(VolumeParameterException.class, () -> running.checkFinished("vol-1"));
      assertEquals("IncorrectModificationState", e.code());
      assertEquals(
          "Volume vol-1 cannot be modified in modification state " + running.state(),
          e.getMessage());
    }
    begun.completed(LATER).checkFinished("vol-1");
    begun.failed("no space", LATER).checkFinished("vol-1");
  }

  @Test
  void modification_thatCannotBe_isRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Modification(SMALL, LARGE, State.COMPLETED, 100, "", START, Optional.empty()));
    assertThrows(
        IllegalArgumentException.class,
        () -> Modification.begin(SMALL, LARGE, START).optimizing(101));
  }

  @ParameterizedTest
  @CsvSource({
    // rule, minutes since the start of each earlier modification, whether one more may start
    "OFF, 0 1 2 3 4 5, true",
    "SIX_HOURS, '', true",
    "SIX_HOURS, 359, false",
    "SIX_HOURS, 360, true",
    "SIX_HOURS, 1000 361, true",
    "FOUR_A_DAY, 3 2 1, true",
    "FOUR_A_DAY, 4 3 2 1, false",
    "FOUR_A_DAY, 1439 3 2 1, false",
    "FOUR_A_DAY, 1440 3 2 1, true",
    "FOUR_A_DAY, 5 4 3 2 1, false",
  })
  void rate_byEarlierStarts_allowsOneMoreOrNot(
      ModificationRate rate, String minutes, boolean allowed) {
    List<Instant> starts =
        Stream.of(minutes.split(" "))
            .filter(text -> !text.isEmpty())
            .map(text -> START.minus(Duration.ofMinutes(Long.parseLong(text))))
            .toList();
    if (allowed) {
      rate.check(starts, START);
    } else {
      var e = assertThrows(VolumeParameterException.class, () -> rate.check(starts, START));
      assertEquals("VolumeModificationRateExceeded", e.code());
    }
  }

  @Test
  void rate_whenExceeded_tellsWhatToDoInTheWordsOfEbs() {
    List<Instant> starts =
        List.of(
            START.minusSeconds(4_000),
            START.minusSeconds(3_000),
            START.minusSeconds(2_000),
            START.minusSeconds(1_000),
            START.minusSeconds(500));
    var four =
        assertThrows(
            VolumeParameterException.class, () -> ModificationRate.FOUR_A_DAY.check(starts, START));
    assertEquals(
        "You've reached the maximum modification rate per volume limit. Wait until"
            + " 2026-03-02T11:10:00.000Z before you can issue the next modification request for"
            + " this volume.",
        four.getMessage());
    var six =
        assertThrows(
            VolumeParameterException.class, () -> ModificationRate.SIX_HOURS.check(starts, START));
    assertEquals(
        "You've reached the maximum modification rate per volume limit. Wait at least 6 hours"
            + " between modifications per EBS volume.",
        six.getMessage());
  }
}
