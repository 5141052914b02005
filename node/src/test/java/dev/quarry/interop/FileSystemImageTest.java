package dev.quarry.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A real file system goes into a volume by one client and comes back by another, byte for byte.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(ImageFixture.class)
@Timeout(300)
class FileSystemImageTest {
  @RegisterExtension final NodeFixture fixture = new NodeFixture("image-copies", encrypted());

  /// A program that copies a whole disk.
  enum Copier {
    NBDCOPY_1 {
      @Override
      Command command(String from, String to) {
        return Command.of(Tool.NBDCOPY, "--flush", "--connections=1", from, to);
      }
    },
    NBDCOPY_4 {
      @Override
      Command command(String from, String to) {
        return Command.of(
            Tool.NBDCOPY, "--flush", "--connections=4", "--requests=32", "--threads=2", from, to);
      }
    },
    /// Eight coroutines on one connection, writing out of order.
    QEMU_IMG {
      @Override
      Command command(String from, String to) {
        return Command.of(
            Tool.QEMU_IMG, "convert", "-n", "-f", "raw", "-O", "raw", "-W", "-m", 8, from, to);
      }
    };

    abstract Command command(String from, String to);
  }

  @ParameterizedTest
  @CsvSource({
    "TCP,  NBDCOPY_1, QEMU_IMG",
    "TCP,  NBDCOPY_4, NBDCOPY_4",
    "TCP,  QEMU_IMG,  NBDCOPY_1",
    "UNIX, NBDCOPY_1, QEMU_IMG",
    "UNIX, NBDCOPY_4, NBDCOPY_4",
    "UNIX, QEMU_IMG,  NBDCOPY_1",
  })
  void volume_imageCopiedInAndOut_isTheSameFileSystem(
      Transport transport, Copier in, Copier out, ImageFixture.Image image) throws Exception {
    Tool.require(Tool.CMP, Tool.E2FSCK);
    assertTrue(image.dataBytes() >= ImageFixture.DATA_BYTES, image::toString);
    ServedVolume volume = fixture.node().create(ImageFixture.IMAGE_BYTES);
    Path copy = fixture.folder().resolve("copy.img");
    if (out == Copier.QEMU_IMG) {
      Command.of(Tool.QEMU_IMG, "create", "-f", "raw", copy, volume.sizeBytes()).succeed();
    }

    in.command(image.file().toString(), volume.uri(transport)).succeed();
    out.command(volume.uri(transport), copy.toString()).succeed();

    assertEquals(volume.sizeBytes(), Files.size(copy));
    Command.of(Tool.CMP, image.file(), copy).succeed();
    Command.of(Tool.E2FSCK, "-f", "-n", copy).succeed();
    Files.delete(copy);
    fixture.node().delete(volume);
  }

  /// Whether its volumes are encrypted.
  boolean encrypted() {
    return false;
  }
}
