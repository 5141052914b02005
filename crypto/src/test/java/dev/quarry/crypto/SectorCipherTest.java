package dev.quarry.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SectorCipherTest {
  private static final int LANES = 4;

  private final Random random = new Random(4);
  private final byte[] key = bytes(64);
  private final SecretMemory memory = SecretMemory.adopt(key.clone());
  private final SectorCipher cipher = new SectorCipher(memory, 0, LANES);

  @AfterEach
  void close() {
    memory.close();
  }

  record Vector(int number, long sector, byte[] ciphertext) {
    @Override
    public String toString() {
      return "vector " + number;
    }
  }

  static Stream<Vector> vectors() throws IOException {
    try (InputStream in = SectorCipherTest.class.getResourceAsStream("xts-ieee1619.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return text
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" "))
          .map(f ->
              new Vector(
                  Integer.parseInt(f[0]), Long.parseLong(f[1], 16), HexFormat.of().parseHex(f[2])))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void vectors_ofIeee1619_matchBothWays(Vector vector) {
    byte[] digitsOfEAndPi =
        HexFormat.of()
            .parseHex(
                "2718281828459045235360287471352662497757247093699959574966967627"
                    + "3141592653589793238462643383279502884197169399375105820974944592");
    byte[] plain = new byte[512];
    for (int i = 0; i < plain.length; i++) {
      plain[i] = (byte) i;
    }
    try (SecretMemory its = SecretMemory.adopt(digitsOfEAndPi)) {
      SectorCipher standard = new SectorCipher(its, 0, 1);
      byte[] out = new byte[512];
      standard.encrypt(vector.sector(), plain, 0, out, 0, 512);
      assertArrayEquals(vector.ciphertext(), out);
      standard.decrypt(vector.sector(), out, 0, out, 0, 512);
      assertArrayEquals(plain, out);
    }
  }

  @Test
  void ciphertext_isWhatOpenSslMakes_bothWays() {
    Optional<OpenSsl> openSsl = OpenSsl.load();
    assumeTrue(openSsl.isPresent(), "libcrypto.so.3 is not installed");
    for (long first :
        new long[] {0, 1, 12345, (1L << 32) - 3, 1L << 53, Long.MAX_VALUE - 4, -1L, -1000L}) {
      for (int sectors : new int[] {1, 2, 3, 8, 15, 16, 17, 33, 100}) {
        byte[] data = bytes(sectors * 512);
        byte[] ours = new byte[data.length];
        cipher.encrypt(first, data, 0, ours, 0, data.length);
        assertArrayEquals(openSsl.get().xts(key, first, data, true), ours);
        cipher.decrypt(first, data, 0, ours, 0, data.length);
        assertArrayEquals(openSsl.get().xts(key, first, data, false), ours);
      }
    }
  }

  @Test
  void segments_ofAllKindsAndOffsets_giveTheSameBytes() {
    byte[] plain = bytes(20 * 512);
    byte[] expected = new byte[plain.length];
    cipher.encrypt(7, plain, 0, expected, 0, plain.length);
    try (Arena arena = Arena.ofConfined()) {
      List<MemorySegment> sources =
          List.of(MemorySegment.ofArray(new byte[plain.length + 3]), arena.allocate(20_000));
      List<MemorySegment> targets =
          List.of(MemorySegment.ofArray(new byte[plain.length + 5]), arena.allocate(20_000));
      for (MemorySegment from : sources) {
        for (MemorySegment to : targets) {
          MemorySegment.copy(plain, 0, from, ValueLayout.JAVA_BYTE, 3, plain.length);
          MemorySegment readOnly = from.asReadOnly();
          cipher.encrypt(7, readOnly, 3, to, 5, plain.length);
          assertArrayEquals(expected, to.asSlice(5, plain.length).toArray(ValueLayout.JAVA_BYTE));
          cipher.decrypt(7, to, 5, to, 5, plain.length); // in place
          assertArrayEquals(plain, to.asSlice(5, plain.length).toArray(ValueLayout.JAVA_BYTE));
          assertArrayEquals(plain, from.asSlice(3, plain.length).toArray(ValueLayout.JAVA_BYTE));
        }
      }
    }
  }

  @Test
  void sectors_equalPlaintextAtOtherNumbers_differ() {
    byte[] out = new byte[1024];
    cipher.encrypt(0, new byte[1024], 0, out, 0, 1024);
    assertFalse(Arrays.equals(out, 0, 512, out, 512, 1024));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 511, 513, -512})
  void length_notWholeSectors_isRefused(int length) {
    assertThrows(
        IllegalArgumentException.class,
        () -> cipher.encrypt(0, new byte[2048], 0, new byte[2048], 0, length));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            cipher.decrypt(
                0,
                MemorySegment.ofArray(new byte[2048]),
                0,
                MemorySegment.ofArray(new byte[2048]),
                0,
                length));
  }

  @Test
  void range_outsideTheBuffer_isRefusedAndTheCipherStaysUsable() {
    byte[] small = new byte[512];
    for (int i = 0; i < 3 * LANES; i++) {
      assertThrows(
          IndexOutOfBoundsException.class, () -> cipher.encrypt(0, small, 1, small, 0, 512));
      MemorySegment segment = MemorySegment.ofArray(small);
      assertThrows(
          IndexOutOfBoundsException.class, () -> cipher.encrypt(0, segment, 1, segment, 0, 512));
    }
    cipher.encrypt(0, small, 0, small, 0, 512);
  }

  @Test
  void use_afterClose_isRefused() {
    byte[] sector = new byte[512];
    cipher.encrypt(0, sector, 0, sector, 0, 512);
    cipher.close();
    assertThrows(IllegalStateException.class, () -> cipher.encrypt(0, sector, 0, sector, 0, 512));
    SectorCipher unused = new SectorCipher(memory, 0, LANES);
    unused.close();
    assertThrows(IllegalStateException.class, () -> unused.decrypt(0, sector, 0, sector, 0, 512));
  }

  @Test
  void close_whileThreadsEncipher_waitsForThemAndStopsThem() throws Exception {
    byte[] plain = bytes(64 * 512);
    byte[] expected = new byte[plain.length];
    cipher.encrypt(3, plain, 0, expected, 0, plain.length);
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      Callable<Integer> work =
          () -> {
            byte[] out = new byte[plain.length];
            for (int done = 0; ; done++) {
              try {
                cipher.encrypt(3, plain, 0, out, 0, plain.length);
              } catch (IllegalStateException e) {
                return done;
              }
              assertArrayEquals(expected, out);
            }
          };
      List<Future<Integer>> results = Stream.of(work, work, work).map(threads::submit).toList();
      byte[] out = new byte[plain.length];
      for (int i = 0; i < 200; i++) {
        cipher.encrypt(3, plain, 0, out, 0, plain.length);
      }
      cipher.close();
      for (Future<Integer> result : results) {
        assertTrue(result.get() >= 0);
      }
    }
  }

  @Test
  void manyThreads_moreThanLanes_allGetRightResults() throws Exception {
    byte[] plain = bytes(24 * 512);
    byte[] expected = new byte[plain.length];
    cipher.encrypt(11, plain, 0, expected, 0, plain.length);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Boolean> work =
          () -> {
            byte[] out = new byte[plain.length];
            for (int i = 0; i < 50; i++) {
              cipher.encrypt(11, plain, 0, out, 0, plain.length);
              assertArrayEquals(expected, out);
              cipher.decrypt(11, out, 0, out, 0, plain.length);
              assertArrayEquals(plain, out);
            }
            return true;
          };
      List<Future<Boolean>> results =
          Stream.generate(() -> work).limit(40).map(threads::submit).toList();
      for (Future<Boolean> result : results) {
        assertTrue(result.get());
      }
    }
  }

  @Test
  void calls_afterWarmUp_allocateNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment from = arena.allocate(4096);
      MemorySegment to = arena.allocate(4096);
      int calls = 20_000;
      long allocated = Long.MAX_VALUE;
      for (int round = 0; round < 5; round++) { // the first rounds warm up
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < calls; i++) {
          cipher.encrypt(i, from, 0, to, 0, 4096);
          cipher.decrypt(i, to, 0, to, 0, 4096);
        }
        allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertTrue(allocated < calls, "bytes allocated in " + 2 * calls + " calls: " + allocated);
    }
  }

  @Test
  void toString_tellsNothing() {
    assertEquals("SectorCipher[AES-256-XTS, redacted]", cipher.toString());
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
