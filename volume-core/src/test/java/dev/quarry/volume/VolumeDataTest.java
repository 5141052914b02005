package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.Durability;
import dev.quarry.block.TestBytes;
import dev.quarry.block.VolumeException;
import dev.quarry.crypto.DataKey;
import dev.quarry.crypto.InsecureKeyAccess;
import dev.quarry.disk.PosixDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumeDataTest {
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;
  private static final int SIZE = 3 * CHUNK + 512;

  @TempDir Path folder;
  private PosixDisk disk;
  private DataKey key;

  @BeforeEach
  void open() throws IOException {
    disk = PosixDisk.open(folder);
    key = DataKey.insecureOf(random(7, DataKey.SIZE_BYTES), InsecureKeyAccess.granted());
  }

  @AfterEach
  void closeKey() {
    key.close();
  }

  @Test
  void freeze_ofAnEncryptedVolume_showsWhatTheGuestHad() throws IOException {
    byte[] before = random(1, SIZE);
    Arrays.fill(before, 1000, 9000, (byte) 0);
    try (VolumeData volume = encrypted(new Origin.Empty())) {
      write(volume, 0, before);
      try (FrozenView view = volume.freeze(OptionalLong.empty())) {
        write(volume, CHUNK - 700, random(2, 5000));
        assertArrayEquals(before, contents(view));
        assertEquals(SIZE, view.sizeBytes());
        assertEquals(4, view.nextChanged(4));
        assertEquals(new FrozenView.Change.Blocks(BlockMask.ALL), view.change(0));
        view.release(3);
        assertTrue(view.copiedBytes() > 0);
      }
    }
    assertNotIn(before, Files.readAllBytes(folder.resolve(ChunkedDevice.DATA_FILE)));
  }

  @Test
  void freeze_withItsKeyClosed_isDetached() throws IOException {
    try (VolumeData volume = encrypted(new Origin.Empty())) {
      write(volume, 0, random(1, SIZE));
      try (FrozenView view = volume.freeze(OptionalLong.empty())) {
        key.close();
        assertThrows(VolumeException.Detached.class, () -> contents(view));
      }
    }
  }

  @Test
  void freezeTogether_ofAnEncryptedVolumeAndAPlainOne_showsBoth() throws IOException {
    byte[] bytes = random(3, CHUNK);
    try (VolumeData one = encrypted(new Origin.Empty());
        VolumeData other =
            VolumeData.open(
                disk.folder("other"), SIZE, new Origin.Empty(), Optional.empty(), false)) {
      write(one, 0, bytes);
      write(other, 0, bytes);
      List<FrozenView> views =
          VolumeData.freezeTogether(
              List.of(
                  new VolumeData.Freeze(one, OptionalLong.empty()),
                  new VolumeData.Freeze(other, OptionalLong.empty())));
      for (FrozenView view : views) {
        assertArrayEquals(bytes, Arrays.copyOf(contents(view), CHUNK));
        view.close();
      }
    }
  }

  @Test
  void coldVolume_encrypted_readsWhatItsSourceHas() throws IOException {
    byte[] source = random(4, SIZE - CHUNK);
    Arrays.fill(source, 512, CHUNK / 2, (byte) 0);
    byte[] expected = Arrays.copyOf(source, SIZE);
    FakeSource fake = new FakeSource(source);
    try (VolumeData volume = encrypted(new Origin.Cold(fake))) {
      assertFalse(volume.isHere(1));
      byte[] fresh = random(5, 6000);
      write(volume, 5000, fresh);
      System.arraycopy(fresh, 0, expected, 5000, fresh.length);
      assertArrayEquals(expected, TestBytes.read(volume.device(), 0, SIZE));
      assertTrue(volume.isHere(1));
      assertFalse(volume.hydrate(1));
      try (FrozenView view = volume.freeze(OptionalLong.empty())) {
        assertArrayEquals(expected, contents(view));
      }
      try (FrozenView view = volume.freeze(OptionalLong.of(VolumeData.ORIGIN_EPOCH))) {
        assertEquals(0, view.nextChanged(0));
        assertEquals(4, view.nextChanged(1));
      }
      assertTrue(volume.finishHydration());
      assertTrue(fake.closed);
    }
    assertNotIn(source, Files.readAllBytes(folder.resolve(ChunkedDevice.DATA_FILE)));
    try (VolumeData volume = encrypted(new Origin.Hydrated())) {
      assertArrayEquals(expected, TestBytes.read(volume.device(), 0, SIZE));
    }
  }

  @Test
  void freeze_ofAHydratedVolumeByWhoHasNothing_showsWhatWasHydrated() throws IOException {
    byte[] source = random(4, SIZE);
    try (VolumeData volume = encrypted(new Origin.Cold(new FakeSource(source)))) {
      for (long chunk = 0; chunk < ChunkLayout.chunkCount(SIZE); chunk++) {
        volume.hydrate(chunk);
      }
      try (FrozenView view = volume.freeze(OptionalLong.empty())) {
        assertArrayEquals(source, contents(view));
      }
      assertTrue(volume.finishHydration());
    }
    try (VolumeData volume = encrypted(new Origin.Hydrated());
        FrozenView view = volume.freeze(OptionalLong.empty())) {
      assertArrayEquals(source, contents(view));
    }
  }

  @Test
  void coldVolume_encryptedAndItsKeyClosed_isDetached() throws IOException {
    try (VolumeData volume = encrypted(new Origin.Cold(new FakeSource(random(4, SIZE))))) {
      key.close();
      assertThrows(VolumeException.Detached.class, () -> volume.hydrate(0));
    }
  }

  @Test
  void rebase_afterASnapshot_countsBlocksFromThere() throws IOException {
    try (VolumeData volume = encrypted(new Origin.Empty())) {
      write(volume, 0, random(1, CHUNK));
      long epoch;
      try (FrozenView view = volume.freeze(OptionalLong.empty())) {
        epoch = view.epoch();
      }
      volume.rebase(epoch);
      write(volume, 8192, new byte[4096]);
      volume.grow(SIZE + CHUNK);
      try (FrozenView view = volume.freeze(OptionalLong.of(epoch))) {
        var change = assertInstanceOf(FrozenView.Change.Blocks.class, view.change(0));
        assertEquals(BlockMask.range(2, 2), change.blocks());
        assertEquals(SIZE + CHUNK, view.sizeBytes());
      }
      volume.closeDurably();
      assertFalse(volume.failed());
    }
  }

  @Test
  void readUnchanged_tellsWhatIsStillAsItWas() throws IOException {
    byte[] bytes = random(1, SIZE);
    try (VolumeData volume = encrypted(new Origin.Empty())) {
      write(volume, 0, bytes);
      long epoch;
      try (FrozenView view = volume.freeze(OptionalLong.empty())) {
        epoch = view.epoch();
      }
      write(volume, 5, random(2, 100));
      try (FrozenView view = volume.freeze(OptionalLong.of(epoch))) {
        write(volume, CHUNK, random(3, 100));
        byte[] chunk = new byte[CHUNK];
        MemorySegment into = MemorySegment.ofArray(chunk);
        assertEquals(0, view.readUnchanged(0, into, 0), "changed before");
        assertEquals(0, view.readUnchanged(1, into, 0), "changed since");
        assertEquals(CHUNK, view.readUnchanged(2, into, 0));
        assertArrayEquals(Arrays.copyOfRange(bytes, 2 * CHUNK, 3 * CHUNK), chunk);
        assertEquals(512, view.readUnchanged(3, into, 0));
      }
    }
  }

  @Test
  void readUnchanged_ofAColdChunk_readsNothing() throws IOException {
    FakeSource source = new FakeSource(random(4, SIZE));
    try (VolumeData volume = encrypted(new Origin.Cold(source))) {
      volume.hydrate(1);
      try (FrozenView view = volume.freeze(OptionalLong.of(VolumeData.ORIGIN_EPOCH))) {
        MemorySegment into = MemorySegment.ofArray(new byte[CHUNK]);
        assertEquals(0, view.readUnchanged(0, into, 0));
        assertEquals(CHUNK, view.readUnchanged(1, into, 0));
        assertEquals(1, source.reads.get());
      }
    }
  }

  private VolumeData encrypted(Origin origin) throws IOException {
    return VolumeData.open(disk, SIZE, origin, Optional.of(key.sectorCipher()), false);
  }

  private static void write(VolumeData volume, long offset, byte[] bytes) throws VolumeException {
    volume.device().write(offset, MemorySegment.ofArray(bytes), 0, bytes.length, Durability.CACHED);
  }

  private static byte[] contents(FrozenView view) throws VolumeException {
    byte[] bytes = new byte[(int) view.sizeBytes()];
    for (long chunk = view.nextChanged(0);
        chunk < ChunkLayout.chunkCount(bytes.length);
        chunk = view.nextChanged(chunk + 1)) {
      byte[] one = new byte[CHUNK];
      int length = view.read(chunk, MemorySegment.ofArray(one), 0);
      System.arraycopy(one, 0, bytes, (int) ChunkLayout.chunkStart(chunk), length);
    }
    return bytes;
  }

  /// No sector of plain text lies where it would without a cipher.
  private static void assertNotIn(byte[] plain, byte[] stored) {
    for (int at = 0; at + 512 <= plain.length; at += 512) {
      boolean zeros = TestBytes.all(plain, at, at + 512, 0);
      if (!zeros) {
        assertFalse(Arrays.equals(plain, at, at + 512, stored, at, at + 512), "offset " + at);
      }
    }
  }

  private static byte[] random(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
