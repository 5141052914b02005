package dev.quarry.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A volume that failed in an earlier run of the node.
@Timeout(120)
class FailedVolumeTest {
  private static final Path FOLDER = Path.of("target/interop/failed-volume").toAbsolutePath();

  /// It was told that there is no such export, as if its data were gone.
  @Test
  void attach_volumeInError_isRefusedByItsState() throws Exception {
    try (NodeUnderTest node = NodeUnderTest.start(FOLDER)) {
      ServedVolume volume = node.create(1L << 30);
      node.terminate();
      fail(node.dataFolder().resolve("volumes").resolve(volume.export()).resolve("volume.json"));
      node.restart();
      assertEquals("error", node.state(volume));
      byte[] name = volume.export().getBytes(StandardCharsets.UTF_8);
      ByteBuffer data = ByteBuffer.allocate(4 + name.length + 2).putInt(name.length).put(name);
      try (SocketChannel channel = NbdTestClient.connect(volume.address(Transport.UNIX))) {
        NbdHandshake.OptionReply reply =
            NbdHandshake.begin(channel).option(NbdHandshake.OPTION_GO, data.array()).getLast();
        assertTrue(reply.isError(), "accepted");
        assertEquals(
            "volume " + volume.export() + " is error and cannot be attached",
            new String(reply.data(), StandardCharsets.UTF_8));
      }
    }
  }

  /// Puts a volume's record into error, as a failed flush does.
  private static void fail(Path record) throws Exception {
    String text = Files.readString(record);
    String body =
        text.substring(0, text.lastIndexOf("crc32c="))
            .replace(
                "\"state\" : \"available\"",
                "\"state\" : \"error\",\n  \"errorReason\" : \"a flush failed\"");
    CRC32C sum = new CRC32C();
    sum.update(body.getBytes(StandardCharsets.UTF_8));
    Files.writeString(record, body + "crc32c=%08x\n".formatted(sum.getValue()));
  }
}
