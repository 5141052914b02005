package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.TestBytes;
import dev.quarry.disk.Crash;
import dev.quarry.disk.SimulatedMachine;
import dev.quarry.shaping.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The credits of a gp2 volume of 100 GiB, which earns 300 a second, while the wall clock is set,
/// the process is killed and the machine loses power.
final class ShapingCatalogueTest {
  private static final long BASELINE = 300;
  private static final long FULL = 5_400_000;
  private static final int SPENT = 20_000;

  /// What the volume could spend in the time for which credits are set aside, and 50 ms.
  private static final long RESERVE = 3000 * 30 + 150;

  private final SimulatedMachine machine = SimulatedMachine.create(1);
  private Instant wall = SimulatedNode.NOW;
  private ManualTime uptime = new ManualTime(0);
  private VolumeCatalogue catalogue;
  private VolumeId id;

  @AfterEach
  void close() throws IOException {
    catalogue.close();
    machine.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {-86_400, 0, 86_400})
  void credits_clockSetWhileItRuns_comeBackAtTheBaseline(long setSeconds) throws IOException {
    create();
    try (Attachment attachment = catalogue.attach(id)) {
      spend(attachment);
      long before = credits();
      wall = wall.plusSeconds(setSeconds);
      uptime.pause(Duration.ofSeconds(10).toNanos());
      assertEquals(before + 10 * BASELINE, credits());
      long begun = uptime.nanoTime();
      spend(attachment);
      long nanos = uptime.nanoTime() - begun;
      // 50 ms of the burst may go through at once.
      assertTrue(nanos >= (SPENT - 150) * 1_000_000_000L / 3000, "too quick: " + nanos);
      assertTrue(nanos <= SPENT * 1_000_000_000L / 3000, "too slow: " + nanos);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-86_400, 0, 86_400})
  void credits_clockSetWhileStopped_comeBackAtTheBaseline(long setSeconds) throws IOException {
    create();
    try (Attachment attachment = catalogue.attach(id)) {
      spend(attachment);
    }
    long before = credits();
    catalogue.close();
    wall = wall.plusSeconds(10 + setSeconds);
    uptime.pause(Duration.ofSeconds(10).toNanos());
    open();
    assertEquals(before + 10 * BASELINE, credits());
  }

  @ParameterizedTest
  @ValueSource(longs = {-86_400, 0, 86_400})
  void credits_clockSetAndProcessKilled_areThoseLeftLessTheReserve(long setSeconds)
      throws IOException {
    create();
    Attachment attachment = catalogue.attach(id);
    spend(attachment);
    catalogue.saveCredits(CreditKeeper.AHEAD);
    long saved = credits();
    spend(attachment); // between the saves
    long left = credits();
    machine.crash();
    machine.restart(Crash.KILL);
    wall = wall.plusSeconds(setSeconds);
    open();
    long found = credits();
    assertTrue(found <= left, "%d were left and %d found".formatted(left, found));
    assertTrue(found >= left - RESERVE, "%d were left and %d found".formatted(left, found));
    assertTrue(found >= saved - RESERVE, "%d were saved and %d found".formatted(saved, found));
  }

  /// Across starts of the machine the wall clock is the only witness.
  @ParameterizedTest
  @CsvSource({"-86400, 0", "10, 3000", "86400, 5400000"})
  void credits_clockSetAcrossAPowerLoss_areNeverLessAndNeverMoreThanFull(
      long wallSeconds, long earned) throws IOException {
    create();
    Attachment attachment = catalogue.attach(id);
    spend(attachment);
    catalogue.saveCredits(CreditKeeper.AHEAD);
    long saved = credits();
    machine.crash();
    machine.restart(Crash.LOSE_ALL);
    uptime = new ManualTime(0);
    wall = wall.plusSeconds(wallSeconds);
    open();
    assertEquals(Math.min(FULL, saved + earned) - RESERVE, credits());
    try (Attachment again = catalogue.attach(id)) {
      spend(again); // and it does not stall
    }
    assertTrue(uptime.nanoTime() <= SPENT * 1_000_000_000L / 3000, "stalls");
  }

  private void create() throws IOException {
    open();
    id = catalogue.create(NewVolume.ofGib(100).ofType("gp2")).id();
    assertEquals(FULL, credits());
  }

  private void open() throws IOException {
    Host host = new Host(() -> wall, uptime, new Random(machine.steps()), machine.bootId());
    catalogue = VolumeCatalogue.open(machine.disk(), host, CatalogueSettings.standard());
  }

  /// Reads as fast as the limits let it; the clock goes on by the waits.
  private static void spend(Attachment attachment) throws IOException {
    for (int i = 0; i < SPENT; i++) {
      TestBytes.read(attachment.device(), 0, 512);
    }
  }

  private long credits() {
    return catalogue.status(id).throttle().balance().orElseThrow().credits();
  }
}
