package dev.quarry.nbd;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// Makes new inputs for [ConnectionFuzz] of known ones: knows where the protocol has numbers, and
/// which of them are of interest.
final class Mutations {
  private static final long[] NUMBERS = {
    0,
    1,
    2,
    3,
    7,
    8,
    12,
    16,
    28,
    32,
    127,
    128,
    255,
    511,
    512,
    4096,
    32767,
    32768,
    65535,
    65536,
    (1 << 20) + 1,
    32 << 20,
    (32 << 20) + 1,
    Integer.MAX_VALUE,
    1L << 31,
    0xffff_ffffL,
    1L << 32,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1,
    -2
  };
  private static final long[] MAGICS = {
    Wire.OPTION_MAGIC, (long) Wire.REQUEST_MAGIC << 32, (long) Wire.EXTENDED_REQUEST_MAGIC << 32
  };

  private final RandomGenerator random;

  Mutations(RandomGenerator random) {
    this.random = random;
  }

  /// A new input.
  byte[] of(List<byte[]> known) {
    byte[] input = known.get(random.nextInt(known.size()));
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      input = once(input.length == 0 ? new byte[1] : input, known);
    }
    return input.length > ConnectionFuzz.INPUT_LIMIT
        ? Arrays.copyOf(input, ConnectionFuzz.INPUT_LIMIT)
        : input;
  }

  private byte[] once(byte[] input, List<byte[]> known) {
    int at = random.nextInt(input.length);
    return switch (random.nextInt(10)) {
      case 0 -> flipped(input, at);
      case 1 -> number(input, at, Short.BYTES);
      case 2 -> number(input, at, Integer.BYTES);
      case 3 -> number(input, at, Long.BYTES);
      case 4 -> without(input, at, random.nextInt(1, 40));
      case 5 -> joined(input, at, Arrays.copyOfRange(input, at, Math.min(input.length, at + 64)));
      case 6 -> spliced(input, at, known.get(random.nextInt(known.size())));
      case 7 -> joined(input, at, option());
      case 8 -> joined(input, input.length, request());
      default -> magic(input, at);
    };
  }

  private byte[] flipped(byte[] input, int at) {
    byte[] output = input.clone();
    output[at] ^= (byte) (1 << random.nextInt(8));
    return output;
  }

  private byte[] number(byte[] input, int at, int width) {
    byte[] output = Arrays.copyOf(input, Math.max(input.length, at + width));
    long value = NUMBERS[random.nextInt(NUMBERS.length)];
    for (int i = 0; i < width; i++) {
      output[at + i] = (byte) (value >>> (width - 1 - i) * 8);
    }
    return output;
  }

  private byte[] magic(byte[] input, int at) {
    byte[] output = Arrays.copyOf(input, Math.max(input.length, at + Long.BYTES));
    ByteBuffer.wrap(output).putLong(at, MAGICS[random.nextInt(MAGICS.length)]);
    return output;
  }

  private static byte[] without(byte[] input, int at, int count) {
    byte[] output = Arrays.copyOf(input, input.length - Math.min(count, input.length - at));
    System.arraycopy(input, input.length - (output.length - at), output, at, output.length - at);
    return output;
  }

  private static byte[] joined(byte[] input, int at, byte[] inserted) {
    byte[] output = Arrays.copyOf(input, input.length + inserted.length);
    System.arraycopy(inserted, 0, output, at, inserted.length);
    System.arraycopy(input, at, output, at + inserted.length, input.length - at);
    return output;
  }

  private byte[] spliced(byte[] input, int at, byte[] other) {
    int from = other.length == 0 ? 0 : random.nextInt(other.length);
    byte[] tail = Arrays.copyOfRange(other, from, other.length);
    return joined(Arrays.copyOf(input, at), at, tail);
  }

  private byte[] option() {
    byte[] data = new byte[random.nextInt(24)];
    random.nextBytes(data);
    return ConnectionFuzz.option(random.nextInt(13), data);
  }

  private byte[] request() {
    int flags = random.nextInt(64);
    int command = random.nextInt(10);
    long offset = NUMBERS[random.nextInt(NUMBERS.length)];
    long length = NUMBERS[random.nextInt(NUMBERS.length)];
    return random.nextBoolean()
        ? RawClient.request(flags, command, random.nextLong(), offset, length)
        : RawClient.extended(flags, command, random.nextLong(), offset, length);
  }
}
