package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.Consumer;

/// Damages objects in every place, and expects each to be refused by name.
final class Damage {
  private Damage() {}

  /// Flips a bit of every byte (of a long object: of every byte near its ends, and of some
  /// between).
  static void everyByte(String object, byte[] bytes, Consumer<byte[]> reader) {
    int step = Math.max(1, bytes.length / 4096);
    for (int i = 0; i < bytes.length; i += i < 300 || i > bytes.length - 300 ? 1 : step) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= (byte) (1 << i % 8);
      refused(object, "byte " + i, () -> reader.accept(damaged));
    }
  }

  /// Cuts it at every length, and adds a byte.
  static void everyLength(String object, byte[] bytes, Consumer<byte[]> reader) {
    int step = Math.max(1, bytes.length / 512);
    for (int length = 0; length < bytes.length; length += step) {
      byte[] cut = Arrays.copyOf(bytes, length);
      refused(object, "length " + length, () -> reader.accept(cut));
    }
    refused(object, "longer", () -> reader.accept(Arrays.copyOf(bytes, bytes.length + 1)));
  }

  static void refused(String object, String what, Runnable read) {
    SnapshotException.Corrupt why =
        assertThrows(SnapshotException.Corrupt.class, read::run, "accepted with damage at " + what);
    assertTrue(why.getMessage().contains(object), why.getMessage());
  }
}
