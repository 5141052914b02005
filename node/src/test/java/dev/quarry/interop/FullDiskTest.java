package dev.quarry.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The disk under the data folder runs full while clients write.
@Timeout(300)
class FullDiskTest {
  private static final int MIB = 1 << 20;
  private static final long DISK_BYTES = 96L * MIB;
  private static final long BALLAST_BYTES = 32L * MIB;

  private static final Path FOLDER = Path.of("target/interop/full-disk").toAbsolutePath();

  /// A small disk of its own for the data folder.
  enum SmallDisk {
    TMPFS {
      @Override
      Command mount(Path place) {
        return Command.of(Tool.MOUNT, "-t", "tmpfs", "-o", "size=" + DISK_BYTES, "quarry", place);
      }
    },
    EXT4 {
      @Override
      Command mount(Path place) throws IOException, InterruptedException {
        Tool.require(Tool.MKFS);
        Path image = FOLDER.resolve("disk.img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
          file.setLength(DISK_BYTES);
        }
        Command.of(Tool.MKFS, "-q", "-F", "-m", "0", image).succeed();
        return Command.of(Tool.MOUNT, "-o", "loop", image, place);
      }
    };

    abstract Command mount(Path place) throws IOException, InterruptedException;
  }

  @ParameterizedTest
  @EnumSource
  void write_diskFull_isEnospcAndTheVolumeStaysUsable(SmallDisk disk) throws Exception {
    Folders.delete(FOLDER);
    Path place = Files.createDirectories(FOLDER.resolve("disk"));
    Command.Outcome mounted = disk.mount(place).run();
    if (mounted.exitCode() != 0) {
      throw Skip.because("a small file system cannot be mounted: " + mounted.errors().strip());
    }
    try {
      fillAndRecover(place);
    } finally {
      Command.of(Tool.UMOUNT, "-l", place).succeed();
    }
    Folders.delete(FOLDER);
  }

  private static void fillAndRecover(Path place) throws Exception {
    Path ballast = place.resolve("ballast");
    Path data = place.resolve("data");
    Files.write(ballast, new byte[(int) BALLAST_BYTES]);
    try (NodeUnderTest node = NodeUnderTest.startOn(FOLDER, data)) {
      ServedVolume volume = node.create(1L << 30);
      try (NbdTestClient client = open(volume)) {
        int written = writeUntilFull(client);
        assertTrue(written > 16, "MiB written: " + written);
        expectWritten(client, written);
        assertEquals("in-use", node.state(volume));

        // Trimming gives space back, and what was refused can be written.
        client.call(NbdRequest.trim(0, 8 * MIB));
        client.flush();
        client.write((long) written * MIB, block(written));
        client.flush();
        client.write(0, block(0));
      }
      // Killed with no space left, the node starts again and has all that was flushed.
      int flushed;
      try (NbdTestClient client = open(volume)) {
        flushed = writeUntilFull(client);
        client.flush();
        node.kill();
      }
      node.restart();
      assertEquals("available", node.state(volume));
      try (NbdTestClient client = open(volume)) {
        expectWritten(client, flushed);
        Files.delete(ballast);
        int written = writeUntilFull(client);
        assertTrue(written > 30, "MiB written with the ballast gone: " + written);
        expectWritten(client, written);
      }
      assertEquals("available", node.state(volume));
      node.delete(volume);
      assertEquals(0, node.terminate(), node.log());
    }
  }

  /// Writes one MiB after the other until the server says that there is no space.
  ///
  /// @return how many were written
  private static int writeUntilFull(NbdTestClient client) throws IOException {
    for (int count = 0; ; count++) {
      try {
        client.write((long) count * MIB, block(count));
      } catch (NbdException e) {
        assertEquals(NbdException.ENOSPC, e.error(), e.getMessage());
        return count;
      }
    }
  }

  private static void expectWritten(NbdTestClient client, int count) throws IOException {
    for (int index = 0; index < count; index++) {
      assertArrayEquals(block(index), client.read((long) index * MIB, MIB), "MiB " + index);
    }
  }

  private static NbdTestClient open(ServedVolume volume) throws IOException {
    return NbdTestClient.open(volume.address(Transport.UNIX), volume.export());
  }

  private static byte[] block(int index) {
    byte[] bytes = new byte[MIB];
    Arrays.fill(bytes, (byte) (index + 1));
    return bytes;
  }
}
