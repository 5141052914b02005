package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.crypto.Caller;
import dev.quarry.crypto.KeyMetadata;
import dev.quarry.crypto.KeyServiceException;
import dev.quarry.crypto.LocalKeyService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeyUpkeepTest {
  private static final Caller OWNER = Caller.owner();

  @TempDir private Path temp;

  @Test
  void run_doesWhatIsDue_andNothingEarlier() throws Exception {
    KeyFixture keys = new KeyFixture(temp, new ManualClock());
    try (LocalKeyService service = keys.open()) {
      String rotated = service.createKey(OWNER, "rotated").keyId();
      String doomed = service.createKey(OWNER, "doomed").keyId();
      service.enableKeyRotation(OWNER, rotated, 90);
      service.scheduleKeyDeletion(OWNER, doomed, 7);
      KeyUpkeep upkeep = new KeyUpkeep(service);

      keys.clock().advance(Duration.ofDays(7).minusSeconds(1));
      upkeep.run();
      assertEquals(2, service.listKeys(OWNER).size());

      keys.clock().advance(Duration.ofSeconds(1));
      upkeep.run();
      KeyMetadata left = service.listKeys(OWNER).getFirst();
      assertEquals(rotated, left.keyId());
      assertEquals(1, left.materialNumber());
      assertThrows(
          KeyServiceException.NotFoundException.class, () -> service.describeKey(OWNER, doomed));

      keys.clock().advance(Duration.ofDays(83));
      upkeep.run();
      upkeep.run();
      assertEquals(2, service.describeKey(OWNER, rotated).materialNumber());
    }
  }

  @Test
  void run_keysThatCannotBeWritten_areLeftForTheNextTime() throws Exception {
    KeyFixture keys = new KeyFixture(temp, new ManualClock());
    try (LocalKeyService service = keys.open()) {
      String doomed = service.createKey(OWNER, "doomed").keyId();
      service.scheduleKeyDeletion(OWNER, doomed, 7);
      keys.clock().advance(Duration.ofDays(7));
      Path blocker = Files.createDirectory(keys.folder().resolve("keyfile.new"));
      Files.createFile(blocker.resolve("x")); // neither to be overwritten nor deleted
      new KeyUpkeep(service).run();
      new KeyUpkeep(service).run();
      Files.delete(blocker.resolve("x"));
      Files.delete(blocker);
    }
    try (LocalKeyService again = keys.open()) {
      assertEquals(1, again.listKeys(OWNER).size());
      new KeyUpkeep(again).run();
      assertEquals(0, again.listKeys(OWNER).size());
    }
  }

  @Test
  void periodic_runsAtOnceAndAgain_untilItIsClosed() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch thrice = new CountDownLatch(3);
    Periodic periodic =
        Periodic.start(
            "test",
            Duration.ofMillis(1),
            () -> {
              runs.incrementAndGet();
              thrice.countDown();
            });
    thrice.await();
    periodic.close();
    int ran = runs.get();
    assertTrue(ran >= 3);
    periodic.close();
    assertEquals(ran, runs.get());
  }
}
