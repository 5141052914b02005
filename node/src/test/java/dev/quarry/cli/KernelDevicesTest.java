package dev.quarry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KernelDevicesTest {
  @TempDir private Path root;
  private KernelDevices devices;

  @BeforeEach
  void makeDevices() throws IOException {
    devices = new KernelDevices(root);
    for (String name : List.of("sda", "nbd0", "nbd1", "nbd2", "nbd10", "nbdkit")) {
      Files.createDirectories(root.resolve("sys/block").resolve(name));
    }
  }

  @Test
  void present_withoutTheDriver_isFalse() {
    assertTrue(devices.present());
    assertFalse(new KernelDevices(root.resolve("elsewhere")).present());
  }

  @Test
  void firstFree_someConnected_isTheLowestThatIsNot() throws Exception {
    connect("nbd0", "100", "nbd-client", "h", "/dev/nbd0", "-name", "a");
    connect("nbd1", "101", "nbd-client", "h", "/dev/nbd1", "-name", "b");
    connect("nbd10", "102", "nbd-client", "h", "/dev/nbd10", "-name", "c");
    assertEquals(Optional.of("/dev/nbd2"), devices.firstFree());
  }

  @Test
  void firstFree_allConnected_isNone() throws Exception {
    for (String name : List.of("nbd0", "nbd1", "nbd2", "nbd10")) {
      connect(name, "7", "x");
    }
    assertEquals(Optional.empty(), devices.firstFree());
  }

  @Test
  void connectedTo_exportByIdOrName_isFound() throws Exception {
    connect("nbd0", "100", "nbd-client", "-unix", "/s", "/dev/nbd0", "-name", "vol-other");
    connect("nbd1", "101", "nbd-client", "h", "10809", "/dev/nbd1", "-N", "demo");
    connect("nbd10", "102", "nbd-client", "h", "/dev/nbd10", "--name", "vol-mine");
    assertEquals(Optional.of("/dev/nbd1"), devices.connectedTo(List.of("vol-x", "demo")));
    assertEquals(Optional.of("/dev/nbd10"), devices.connectedTo(List.of("vol-mine")));
    assertEquals(Optional.empty(), devices.connectedTo(List.of("10809", "nbd-client")));
  }

  @Test
  void connectedTo_processGone_isNoMatch() throws Exception {
    Files.writeString(root.resolve("sys/block/nbd0/pid"), "999\n");
    assertEquals(Optional.empty(), devices.connectedTo(List.of("demo")));
  }

  private void connect(String device, String pid, String... commandLine) throws IOException {
    Files.writeString(root.resolve("sys/block").resolve(device).resolve("pid"), pid + "\n");
    Path process = Files.createDirectories(root.resolve("proc").resolve(pid));
    Files.writeString(process.resolve("cmdline"), String.join("\0", commandLine) + "\0");
  }
}
