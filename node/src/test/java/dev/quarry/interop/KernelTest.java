package dev.quarry.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A real Linux kernel as the client: Debian's own, in a virtual machine.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(900)
class KernelTest {
  @RegisterExtension final NodeFixture fixture = new NodeFixture("kernel", encrypted());

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private GuestSystem system;

  @BeforeAll
  void start() throws Exception {
    system = GuestSystem.prepare();
  }

  @Test
  void kernel_usesADisk_asPeopleDo() throws Exception {
    ServedVolume volume = fixture.node().create(2L << 30);
    try (Guest guest = Guest.boot(system, "use", volume, Map.of())) {
      guest.awaitPass(PATIENCE);
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "quarry.soak", matches = "true")
  void kernel_losesPower_findsAllThatWasSynced() throws Exception {
    ServedVolume volume = fixture.node().create(2L << 30);
    int synced;
    try (Guest guest = Guest.boot(system, "lose_power", volume, Map.of())) {
      guest.awaitLine("synced 60", PATIENCE);
      guest.cutPower();
      synced = guest.syncedCount();
    }
    try (Guest guest = Guest.boot(system, "after_power_loss", volume, Map.of("synced", synced))) {
      guest.awaitLine("found " + synced + " files", PATIENCE);
      guest.awaitPass(PATIENCE);
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "quarry.soak", matches = "true")
  void kernel_serverKilledAndRestarted_findsAllThatWasSynced() throws Exception {
    ServedVolume volume = fixture.node().create(1L << 30);
    int count = 120;
    try (Guest guest = Guest.boot(system, "reconnect", volume, Map.of("count", count))) {
      for (int next : new int[] {20, 50, 80}) {
        guest.awaitLine("synced " + next, PATIENCE);
        fixture.node().kill();
        fixture.node().restart();
      }
      guest.awaitPass(PATIENCE);
    }
    try (NbdTestClient client =
        NbdTestClient.open(volume.address(Transport.UNIX), volume.export())) {
      for (int number = 0; number < count; number++) {
        assertArrayEquals(
            GuestContent.of(number),
            client.read((long) number * GuestContent.BYTES, GuestContent.BYTES));
      }
    }
  }

  /// Whether its volumes are encrypted.
  boolean encrypted() {
    return false;
  }
}
