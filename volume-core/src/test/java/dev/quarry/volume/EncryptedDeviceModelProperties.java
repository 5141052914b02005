package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.MemoryDevice;
import dev.quarry.block.TestBytes;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import dev.quarry.crypto.DataKey;
import dev.quarry.crypto.InsecureKeyAccess;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/// An encrypted device against an array, under any order of requests; and what lies below against
/// what the cipher makes of the array.
class EncryptedDeviceModelProperties {
  private static final int SIZE = 600 * 1024;

  private enum Kind {
    WRITE,
    FORCED_WRITE,
    TRY_WRITE,
    ZERO,
    ALLOCATE,
    TRIM,
    READ,
    TRY_READ
  }

  private record Request(Kind kind, int offset, int length, long seed) {}

  @Property(tries = 150)
  void requests_inAnyOrder_doAsOnAnArray(@ForAll("requests") List<Request> requests)
      throws VolumeException {
    byte[] raw = new byte[DataKey.SIZE_BYTES];
    raw[0] = 7;
    try (DataKey key = DataKey.insecureOf(raw, InsecureKeyAccess.granted())) {
      BlockDevice below = MemoryDevice.create(SIZE);
      BlockDevice device = new EncryptedDevice(below, key.sectorCipher(), new CipherScratch(1));
      byte[] model = new byte[SIZE];
      for (Request request : requests) {
        apply(request, device, model);
      }
      assertArrayEquals(model, TestBytes.read(device, 0, SIZE));
      checkStored(key, TestBytes.read(below, 0, SIZE), model);
    }
  }

  private static void apply(Request request, BlockDevice device, byte[] model)
      throws VolumeException {
    int offset = request.offset();
    int length = request.length();
    byte[] bytes = TestBytes.pattern(request.seed(), length);
    MemorySegment segment = MemorySegment.ofArray(bytes);
    switch (request.kind()) {
      case WRITE -> {
        device.write(offset, segment, 0, length, Durability.CACHED);
        System.arraycopy(bytes, 0, model, offset, length);
      }
      case FORCED_WRITE -> {
        device.write(offset, segment, 0, length, Durability.FORCED);
        System.arraycopy(bytes, 0, model, offset, length);
      }
      case TRY_WRITE -> {
        if (device.tryWrite(offset, segment, 0, length)) {
          System.arraycopy(bytes, 0, model, offset, length);
        }
      }
      case ZERO -> {
        device.zero(offset, length, ZeroMode.PUNCH, Durability.CACHED);
        Arrays.fill(model, offset, offset + length, (byte) 0);
      }
      case ALLOCATE -> {
        device.zero(offset, length, ZeroMode.ALLOCATE, Durability.CACHED);
        Arrays.fill(model, offset, offset + length, (byte) 0);
      }
      case TRIM -> {
        device.trim(offset, length, Durability.FORCED);
        Arrays.fill(model, offset, offset + length, (byte) 0);
      }
      case READ -> {
        device.read(offset, segment, 0, length);
        assertArrayEquals(Arrays.copyOfRange(model, offset, offset + length), bytes);
      }
      case TRY_READ -> {
        if (device.tryRead(offset, segment, 0, length)) {
          assertArrayEquals(Arrays.copyOfRange(model, offset, offset + length), bytes);
        }
      }
    }
  }

  /// Each stored sector is zeros, for a sector of zeros, or the sector enciphered.
  private static void checkStored(DataKey key, byte[] stored, byte[] model) {
    byte[] enciphered = new byte[SIZE];
    key.sectorCipher().encrypt(0, model, 0, enciphered, 0, SIZE);
    for (int at = 0; at < SIZE; at += 512) {
      boolean zeros = TestBytes.all(stored, at, at + 512, 0);
      boolean right =
          zeros
              ? TestBytes.all(model, at, at + 512, 0)
              : Arrays.equals(stored, at, at + 512, enciphered, at, at + 512);
      assertTrue(right, "sector " + at / 512);
    }
  }

  @Provide
  Arbitrary<List<Request>> requests() {
    Arbitrary<Integer> bytes = Arbitraries.integers().between(0, 1200);
    Arbitrary<Integer> sectors = Arbitraries.integers().between(0, 12).map(n -> n * 512);
    Arbitrary<Integer> large = Arbitraries.integers().between(0, 300_000);
    Arbitrary<Integer> offsets =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.integers().between(0, 8000)),
            Tuple.of(3, Arbitraries.integers().between(0, 16).map(n -> n * 512)),
            Tuple.of(1, Arbitraries.integers().between(-1500, 1500).map(n -> 128 * 1024 + n)),
            Tuple.of(1, Arbitraries.integers().between(0, 300_000)));
    Arbitrary<Integer> lengths =
        Arbitraries.frequencyOf(Tuple.of(4, bytes), Tuple.of(4, sectors), Tuple.of(1, large));
    return Combinators.combine(Arbitraries.of(Kind.class), offsets, lengths, Arbitraries.longs())
        .as(Request::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(40);
  }
}
