package dev.quarry.nbd;

import static dev.quarry.nbd.RawClient.request;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.MemoryDevice;
import dev.quarry.block.ReadOnlyDevice;
import dev.quarry.block.TestBytes;
import dev.quarry.block.VolumeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Conversations of the transmission, byte by byte, with a device that finishes all at once.
@Timeout(30)
class TransmissionTest {
  private static final int MIB = 1 << 20;
  private static final int SIZE = 80 * MIB;

  private final MemoryDevice device = MemoryDevice.create(SIZE);
  private Served served;
  private RawClient client;

  @BeforeEach
  void serve() throws IOException {
    served = Served.of(device);
    client = served.attach();
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    served.close();
  }

  @Test
  void read_always_headerAndData() throws IOException {
    TestBytes.write(device, 4097, new byte[] {1, 2, 3, 4, 5});
    client.send("25609513 0000 0000 0123456789abcdef 0000000000001000 00000007");
    client.expect("67446698 00000000 0123456789abcdef 00 0102030405 00");
  }

  @Test
  void write_always_headerOnly() throws IOException {
    client.send("25609513 0000 0001 fedcba9876543210 0000000000001001 00000003 0a0b0c");
    client.expect("67446698 00000000 fedcba9876543210");
    assertArrayEquals(new byte[] {0, 10, 11, 12, 0}, TestBytes.read(device, 4096, 5));
  }

  @Test
  void trim_always_zeros() throws IOException {
    TestBytes.write(device, 0, TestBytes.pattern(1, 8192));
    client.send("25609513 0000 0004 0000000000000001 0000000000000000 00001000");
    client.expect("67446698 00000000 0000000000000001");
    assertArrayEquals(new byte[4096], TestBytes.read(device, 0, 4096));
  }

  @Test
  void writeZeroes_always_zeros() throws IOException {
    TestBytes.write(device, 0, TestBytes.pattern(1, 8192));
    client.send("25609513 0000 0006 0000000000000001 0000000000000001 00001000");
    client.expect("67446698 00000000 0000000000000001");
    assertArrayEquals(new byte[4096], TestBytes.read(device, 1, 4096));
  }

  @Test
  void writeZeroes_longerThanAnyPayload_zeros() throws IOException {
    TestBytes.write(device, SIZE - 4, new byte[] {1, 2, 3, 4});
    client.send(request(0, 6, 1, 0, SIZE)).expectReply(0, 1);
    assertArrayEquals(new byte[4], TestBytes.read(device, SIZE - 4, 4));
  }

  @Test
  void flush_always_success() throws IOException {
    client.send("25609513 0000 0003 0000000000000001 0000000000000000 00000000");
    client.expect("67446698 00000000 0000000000000001");
  }

  @Test
  void cache_always_success() throws IOException {
    client.send("25609513 0000 0005 0000000000000001 0000000000000000 05000000");
    client.expect("67446698 00000000 0000000000000001");
  }

  @Test
  void disconnect_always_endWithoutReply() throws IOException {
    client.send("25609513 0000 0002 0000000000000001 0000000000000000 00000000").expectEnd();
    served.awaitNoClient();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 5, 6})
  void forcedUnitAccess_anyCommand_accepted(int command) throws IOException {
    client.send(request(1, command, 5, 0, command == 3 ? 0 : 1));
    client.send(new byte[command == 1 ? 1 : 0]).expectReply(0, 5);
    client.receive(command == 0 ? 1 : 0);
    client.flush(6).expectReply(0, 6);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 5, 6})
  void lengthZero_anyCommand_success(int command) throws IOException {
    client.send(request(0, command, 5, 17, 0)).expectReply(0, 5);
    client.send(request(0, command, 6, SIZE, 0)).expectReply(0, 6);
  }

  /// Every row of errors: command, flags, offset, length, error.
  @ParameterizedTest
  @CsvSource({
    // past the end
    "0, 0, 83886079, 2, 22",
    "1, 0, 83886079, 2, 28",
    "4, 0, 83886079, 2, 22",
    "5, 0, 83886079, 2, 22",
    "6, 0, 83886079, 2, 28",
    "0, 0, 83886081, 0, 22",
    // offset + length does not fit into 64 bits
    "0, 0, -512, 1024, 22",
    "1, 0, -512, 1024, 28",
    "4, 0, -512, 1024, 22",
    "5, 0, -512, 1024, 22",
    "6, 0, -512, 1024, 28",
    "0, 0, 9223372036854775807, 1, 22",
    "1, 0, 9223372036854775807, 1, 28",
    "0, 0, -9223372036854775808, 1, 22",
    // over the payload limit
    "0, 0, 0, 33554433, 75",
    "0, 0, 0, 4294967295, 75",
    "1, 0, 0, 33554433, 75",
    // trims and zeros may be as long as the device, and no longer
    "4, 0, 0, 4294967295, 22",
    "6, 0, 0, 4294967295, 28",
    // unknown flags, and known ones on the wrong command
    "0, 2, 0, 1, 22",
    "0, 4, 0, 1, 22",
    "1, 2, 0, 1, 22",
    "1, 8, 0, 1, 22",
    "1, 32, 0, 1, 22",
    "3, 2, 0, 0, 22",
    "4, 2, 0, 1, 22",
    "5, 4, 0, 1, 22",
    "6, 32768, 0, 1, 22",
    // reserved fields of a flush
    "3, 0, 1, 0, 22",
    "3, 0, 0, 1, 22",
    // unknown commands, and those not offered
    "7, 0, 0, 1, 22",
    "8, 0, 0, 1, 22",
    "9, 0, 0, 1, 22",
    "65535, 0, 0, 1, 22",
  })
  void request_bad_refusedAndConsumed(int command, int flags, long offset, long length, int error)
      throws IOException {
    client.send(request(flags, command, 77, offset, length));
    if (command == 1) {
      client.send(new byte[(int) length]);
    }
    client.expectReply(error, 77);
    client.flush(78).expectReply(0, 78);
    assertArrayEquals(new byte[MIB], TestBytes.read(device, 0, MIB));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "4, 1", "6, 1"})
  void change_readOnlyDevice_notPermitted(int command, int length) throws IOException {
    try (Served readOnly = Served.of(new ReadOnlyDevice(device));
        RawClient reader = readOnly.attach()) {
      reader.send(request(0, command, 3, 0, length));
      reader.send(new byte[command == 1 ? length : 0]).expectReply(WireError.EPERM, 3);
      reader.read(4, 0, 2);
      assertArrayEquals(new byte[2], reader.expectData(4, 2));
      reader.flush(5).expectReply(0, 5);
    }
  }

  @Test
  void request_wrongMagic_closes() throws IOException {
    client.send("25609514 0000 0000 0000000000000001 0000000000000000 00000001").expectEnd();
  }

  @Test
  void header_enormousWrite_costsNothing() throws IOException {
    client.send(request(0, 1, 1, 0, 0xffff_ffffL));
    client.send(new byte[3 * MIB]);
    assertEquals(1, served.server().connections().size());
    client.close();
    served.awaitNoClient();
    assertArrayEquals(new byte[MIB], TestBytes.read(device, 0, MIB));
  }

  /// Sizes around those at which the way of a request through the server changes.
  @ParameterizedTest
  @ValueSource(
      ints = {
        1,
        511,
        4096,
        32 * 1024,
        32 * 1024 + 1,
        256 * 1024 - 16,
        256 * 1024,
        MIB - 28,
        MIB - 1,
        MIB,
        MIB + 1,
        2 * MIB + 3,
        32 * MIB
      })
  void readAndWrite_anySize_exact(int length) throws IOException {
    byte[] data = TestBytes.pattern(length, length);
    client.write(1, 513, data).expectReply(0, 1);
    assertArrayEquals(data, TestBytes.read(device, 513, length));
    client.read(2, 513, length);
    assertArrayEquals(data, client.expectData(2, length));
    client.read(3, 0, 513).read(4, 513L + length, 513);
    assertArrayEquals(new byte[513], client.expectData(3, 513));
    assertArrayEquals(new byte[513], client.expectData(4, 513));
  }

  @Test
  void requests_manyInOneSend_allAnswered() throws IOException {
    List<byte[]> messages = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      messages.add(request(0, 1, i, i * 100L, 100));
      messages.add(TestBytes.pattern(i, 100));
    }
    client.send(
        Bytes.of(out -> {
          for (byte[] message : messages) {
            out.write(message);
          }
        }));
    for (int i = 0; i < 1000; i++) {
      client.expectReply(0, i);
    }
    for (int i = 0; i < 1000; i++) {
      assertArrayEquals(TestBytes.pattern(i, 100), TestBytes.read(device, i * 100L, 100));
    }
  }

  @Test
  void requests_oneByteAtATime_allAnswered() throws IOException {
    byte[] messages =
        Bytes.of(out -> {
          out.write(request(0, 1, 1, 0, 3));
          out.write(new byte[] {1, 2, 3});
          out.write(request(0, 0, 2, 0, 4));
          out.write(request(0, 1, 3, SIZE, 2));
          out.write(new byte[] {4, 5});
          out.write(request(0, 3, 4, 0, 0));
        });
    for (byte b : messages) {
      client.send(new byte[] {b});
    }
    client.expectReply(0, 1);
    assertArrayEquals(new byte[] {1, 2, 3, 0}, client.expectData(2, 4));
    client.expectReply(WireError.ENOSPC, 3).expectReply(0, 4);
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, MIB + 1000, 20 * MIB})
  void write_clientGoneInTheMiddle_nothingWritten(int length) throws IOException {
    client.send(request(0, 1, 1, 0, length));
    client.send(TestBytes.pattern(1, length - 1)).close();
    served.awaitNoClient();
    assertArrayEquals(new byte[length], TestBytes.read(device, 0, length));
  }

  @Test
  void client_endsItsStream_getsItsReplies() throws IOException {
    client.write(1, 0, new byte[] {1}).flush(2).endOutput();
    client.expectReply(0, 1).expectReply(0, 2).expectEnd();
  }

  @Test
  void status_afterRequests_counted() throws IOException {
    client.write(1, 0, new byte[1000]).expectReply(0, 1);
    client.read(2, 0, 300).expectData(2, 300);
    client.read(3, SIZE, 300).expectReply(WireError.EINVAL, 3);
    Eventually.holds(
        "three requests are counted",
        () -> served.server().connections().getFirst().requests() == 3);
    ConnectionStatus status = served.server().connections().getFirst();
    assertEquals("unix", status.client().address());
    assertEquals("vol", status.export().orElseThrow());
    assertEquals(1000, status.writtenBytes());
    assertEquals(300, status.readBytes());
    assertEquals(0, status.inFlight());
  }

  static Stream<Arguments> failures() {
    Stream.Builder<Arguments> rows = Stream.builder();
    for (boolean atOnce : new boolean[] {true, false}) {
      rows.add(failure(atOnce, () -> new VolumeException.OutOfRange(false, 1, 2, 3), 22));
      rows.add(failure(atOnce, () -> new VolumeException.OutOfRange(true, 1, 2, 3), 28));
      rows.add(failure(atOnce, () -> new VolumeException.ReadOnly("read-only"), 1));
      rows.add(failure(atOnce, () -> new VolumeException.Full("full", null), 28));
      rows.add(failure(atOnce, () -> new VolumeException.Unavailable("later", null), 5));
      rows.add(failure(atOnce, () -> new VolumeException.Corrupt("corrupt", null), 5));
      rows.add(failure(atOnce, () -> new VolumeException.Detached("gone"), 108));
    }
    return rows.build();
  }

  private static Arguments failure(boolean atOnce, Supplier<Throwable> failure, int error) {
    return Arguments.of(atOnce, failure, error);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void device_fails_errorAndNoData(boolean atOnce, Supplier<Throwable> failure, int error)
      throws IOException {
    BlockDevice failing = new FailingDevice(device, atOnce, failure);
    try (Served other = Served.of(failing);
        RawClient victim = other.attach()) {
      victim.read(1, 0, 4096).expectReply(error, 1);
      victim.write(2, 0, new byte[4096]).expectReply(error, 2);
      victim.flush(3).expectReply(error, 3);
      victim.send(request(0, 4, 4, 0, 4096)).expectReply(error, 4);
      victim.send(request(0, 6, 5, 0, 4096)).expectReply(error, 5);
      victim.send(request(0, 5, 6, 0, 4096)).expectReply(error, 6);
      victim.send(request(1, 1, 7, 0, 1)).send(new byte[1]).expectReply(error, 7);
      victim.read(8, 0, 2 * MIB).expectReply(error, 8);
      victim.write(9, 0, new byte[2 * MIB]).expectReply(error, 9);
    }
  }

  static Stream<Arguments> bugs() {
    Stream.Builder<Arguments> rows = Stream.builder();
    for (boolean atOnce : new boolean[] {true, false}) {
      rows.add(Arguments.of(atOnce, (Supplier<Throwable>) IllegalStateException::new));
      rows.add(Arguments.of(atOnce, (Supplier<Throwable>) AssertionError::new));
    }
    return rows.build();
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void device_breaks_endsThatConnectionOnly(boolean atOnce, Supplier<Throwable> bug)
      throws IOException {
    try (Served other = Served.of(new FailingDevice(device, atOnce, bug))) {
      for (int round = 0; round < 3; round++) {
        try (RawClient victim = other.attach()) {
          victim.read(1, 0, 4096).expectEnd();
        }
        try (RawClient victim = other.attach()) {
          victim.flush(1).expectEnd();
        }
      }
      other.awaitNoClient();
    }
  }
}
