package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.MemoryDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What clients cost that are connected and do nothing: 1,000 of them, with `quarry test --soak`
/// 10,000 or as many as the process may have descriptors for. Each needs two in the server, and one
/// for the client.
@Timeout(300)
class IdleConnectionsTest {
  private static final int USUAL = 1_000;
  private static final int SOAK = 10_000;

  /// Real memory of the process for each, both ends counted: the clients are in this process too.
  private static final long LIMIT_BYTES = 96 << 10;

  @Test
  void connections_idle_costLittle() throws IOException {
    int count =
        Boolean.getBoolean("quarry.soak")
            ? (int) Math.min(SOAK, (descriptors() - 1000) / 3)
            : USUAL;
    MemoryDevice device = MemoryDevice.create(1 << 20);
    List<RawClient> clients = new ArrayList<>();
    try (Served served = Served.of(device, settings -> settings.withConnectionLimit(count + 1))) {
      try {
        served.attach().close(); // what the first connection of all loads is not one's cost
        served.awaitNoClient();
        long before = residentBytes();
        for (int i = 0; i < count; i++) {
          RawClient client = served.attach();
          client.read(i, 0, 4096); // used once, so that all it needs for that is there
          client.expectData(i, 4096);
          clients.add(client);
        }
        long each = (residentBytes() - before) / count;
        System.out.printf("idle connections=%d residentBytesEach=%d%n", count, each);
        assertEquals(count, served.server().connections().size());
        assertTrue(each <= LIMIT_BYTES, "bytes of real memory for each: " + each);
      } finally {
        for (RawClient client : clients) {
          client.close();
        }
      }
      served.awaitNoClient();
    }
  }

  private static long descriptors() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/limits")).stream()
        .filter(line -> line.startsWith("Max open files"))
        .mapToLong(line -> Long.parseLong(line.split(" {2,}")[1]))
        .findFirst()
        .orElseThrow();
  }

  private static long residentBytes() throws IOException {
    System.gc();
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }
}
