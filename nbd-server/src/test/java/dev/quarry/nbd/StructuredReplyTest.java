package dev.quarry.nbd;

import static dev.quarry.nbd.RawClient.request;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.quarry.block.MemoryDevice;
import dev.quarry.block.ReadOnlyDevice;
import dev.quarry.block.TestBytes;
import dev.quarry.block.VolumeException;
import dev.quarry.nbd.RawClient.Asked;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Conversations with structured replies, byte by byte.
@Timeout(30)
class StructuredReplyTest {
  private static final int MIB = 1 << 20;
  private static final int SIZE = 8 * MIB;
  private static final int PAGE = 64 << 10; // of a memory device: the least that is a hole

  private static final String ERROR = "668e33ef 0001 8001";
  private static final String ERROR_AT = "668e33ef 0001 8002";

  private final MemoryDevice device = MemoryDevice.create(SIZE);
  private Served served;
  private RawClient client;

  @BeforeEach
  void serve() throws IOException {
    served = Served.of(device);
    client = served.attach(Asked.STRUCTURED);
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    served.close();
  }

  @Test
  void read_data_oneChunk() throws IOException {
    TestBytes.write(device, 4097, new byte[] {1, 2, 3, 4, 5});
    client.send("25609513 0000 0000 0123456789abcdef 0000000000001000 00000007");
    client.expect("668e33ef 0001 0001 0123456789abcdef 0000000f 0000000000001000");
    client.expect("00 0102030405 00");
  }

  @Test
  void read_hole_holeChunk() throws IOException {
    client.send("25609513 0000 0000 0123456789abcdef 0000000000001000 00000007");
    client.expect("668e33ef 0001 0002 0123456789abcdef 0000000c 0000000000001000 00000007");
  }

  @Test
  void read_holeNotFragmented_holeChunk() throws IOException {
    client.send("25609513 0004 0000 0123456789abcdef 0000000000001000 00000007");
    client.expect("668e33ef 0001 0002 0123456789abcdef 0000000c 0000000000001000 00000007");
  }

  @Test
  void read_noBytes_emptyChunk() throws IOException {
    client.send("25609513 0000 0000 0123456789abcdef 0000000000001000 00000000");
    client.expect("668e33ef 0001 0000 0123456789abcdef 00000000");
  }

  @ParameterizedTest
  @CsvSource({"1, 3", "3, 0", "4, 3", "5, 3", "6, 3"})
  void otherCommands_success_simpleReply(int command, int length) throws IOException {
    client.send(request(0, command, 5, 0, length));
    client.send(new byte[command == 1 ? length : 0]).expectReply(0, 5);
  }

  @Test
  void read_longWithHoles_chunksOfDataAndOfHoles() throws IOException {
    byte[] some = TestBytes.pattern(1, PAGE);
    TestBytes.write(device, MIB, some);
    TestBytes.write(device, 2 * MIB, some);
    client.read(9, 100, 3 * MIB);
    client.expect("668e33ef 0000 0002 0000000000000009 0000000c 0000000000000064 000fff9c");
    client.expect("668e33ef 0000 0001 0000000000000009 00010008 0000000000100000");
    assertArrayEquals(some, client.receive(PAGE));
    client.expect("668e33ef 0000 0002 0000000000000009 0000000c 0000000000110000 000f0000");
    client.expect("668e33ef 0000 0001 0000000000000009 00010008 0000000000200000");
    assertArrayEquals(some, client.receive(PAGE));
    client.expect("668e33ef 0001 0002 0000000000000009 0000000c 0000000000210000 000f0064");
    client.flush(10).expectReply(0, 10);
  }

  @Test
  void read_longBeginningAndEndingInData_chunks() throws IOException {
    byte[] some = TestBytes.pattern(1, PAGE);
    TestBytes.write(device, 0, some);
    TestBytes.write(device, 2 * MIB, some);
    client.read(9, 0, 2 * MIB + 5);
    client.expect("668e33ef 0000 0001 0000000000000009 00010008 0000000000000000");
    assertArrayEquals(some, client.receive(PAGE));
    client.expect("668e33ef 0000 0002 0000000000000009 0000000c 0000000000010000 001f0000");
    client.expect("668e33ef 0001 0001 0000000000000009 0000000d 0000000000200000");
    assertArrayEquals(TestBytes.read(device, 2 * MIB, 5), client.receive(5));
    client.flush(10).expectReply(0, 10);
  }

  @Test
  void read_longWithHolesNotFragmented_oneChunk() throws IOException {
    TestBytes.write(device, MIB, TestBytes.pattern(1, PAGE));
    client.send(request(4, 0, 9, 0, 3 * MIB));
    client.expect("668e33ef 0001 0001 0000000000000009 00300008 0000000000000000");
    assertArrayEquals(TestBytes.read(device, 0, 3 * MIB), client.receive(3 * MIB));
  }

  /// Sizes around those at which the way of a request through the server changes.
  @ParameterizedTest
  @ValueSource(ints = {1, 4096, PAGE, 256 * 1024 - 28, 256 * 1024, MIB - 1, MIB, MIB + 1, 7 * MIB})
  void read_dataOfAnySize_exact(int length) throws IOException {
    byte[] data = TestBytes.pattern(length, SIZE);
    TestBytes.write(device, 0, data);
    client.read(1, 513, length);
    client.expect("668e33ef 0001 0001 0000000000000001 %08x".formatted(length + 8));
    client.expect("0000000000000201");
    assertArrayEquals(TestBytes.read(device, 513, length), client.receive(length));
    client.read(2, 0, 513);
    client.expect("668e33ef 0001 0001 0000000000000002 00000209 0000000000000000");
    assertArrayEquals(TestBytes.read(device, 0, 513), client.receive(513));
  }

  /// Errors of a range name the first byte that is not there: command, offset, length, error,
  /// where.
  @ParameterizedTest
  @CsvSource({
    "0, 8388607, 2, 22, 0000000000800000",
    "1, 8388607, 2, 28, 0000000000800000",
    "4, 8388600, 100, 22, 0000000000800000",
    "5, 8388608, 1, 22, 0000000000800000",
    "6, 9000000, 1, 28, 0000000000895440",
    "0, -512, 1024, 22, fffffffffffffe00",
  })
  void request_pastTheEnd_errorWithPlace(
      int command, long offset, int length, int error, String place) throws IOException {
    client.send(request(0, command, 7, offset, length)).send(new byte[command == 1 ? length : 0]);
    client.expectError(ERROR_AT, 7, error, place);
    client.flush(8).expectReply(0, 8);
  }

  /// Other errors: command, flags, length, error.
  @ParameterizedTest
  @CsvSource({
    "0, 2, 1, 22",
    "0, 8, 1, 22",
    "0, 32, 1, 22",
    "1, 4, 0, 22",
    "3, 0, 1, 22",
    "7, 0, 1, 22",
    "99, 0, 1, 22",
    "0, 0, 33554433, 75",
  })
  void request_bad_error(int command, int flags, int length, int error) throws IOException {
    client.send(request(flags, command, 7, 0, length));
    client.expectError(ERROR, 7, error, "");
    client.flush(8).expectReply(0, 8);
  }

  @Test
  void write_readOnly_error() throws IOException {
    try (Served readOnly = Served.of(new ReadOnlyDevice(device));
        RawClient reader = readOnly.attach(Asked.STRUCTURED)) {
      reader.write(1, 0, new byte[4]).expectError(ERROR, 1, WireError.EPERM, "");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void device_fails_errorAndNoData(boolean atOnce) throws IOException {
    TestBytes.write(device, 0, TestBytes.pattern(1, 3 * MIB));
    var failing =
        new FailingDevice(device, atOnce, () -> new VolumeException.Unavailable("later", null));
    try (Served other = Served.of(failing);
        RawClient victim = other.attach(Asked.STRUCTURED)) {
      victim.read(1, 0, 4096).expectError(ERROR, 1, WireError.EIO, "");
      victim.read(2, 0, 2 * MIB).expectError(ERROR, 2, WireError.EIO, "");
      victim.write(3, 0, new byte[4096]).expectError(ERROR, 3, WireError.EIO, "");
      victim.flush(4).expectError(ERROR, 4, WireError.EIO, "");
    }
  }
}
