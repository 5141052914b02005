package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.volume.BlockMask;
import dev.quarry.volume.ChunkLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackTest {
  private static final PackId ID = Samples.pack(PackKind.DATA, 3);
  private static final Bits128 SALT = new Bits128(11, 12);

  private final List<Frame> frames = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pack_ofEveryKindOfFrame_readsBack(boolean encrypted) {
    Seals seals = Samples.seals(encrypted);
    byte[] pack = sample(seals);
    PackReader reader = PackReader.open(seals, "p", ID, pack);
    assertEquals(frames, reader.frames());
    assertArrayEquals(text(), decode(seals, frames.get(0), pack));
    assertArrayEquals(
        Samples.bytes(5, ChunkLayout.CHUNK_BYTES), decode(seals, frames.get(1), pack));
    assertArrayEquals(delta(), decode(seals, frames.get(2), pack));
    assertTrue(frames.get(0).compressed());
    assertTrue(frames.get(0).storedLength() < ChunkLayout.CHUNK_BYTES / 8);
    assertFalse(frames.get(1).compressed(), "random bytes are stored as they are");
  }

  @Test
  void pack_ofVersionOne_staysReadable() {
    Seals seals = Samples.plain();
    byte[] pack = small(seals);
    byte[] golden = Golden.check("pack-v1.bin", pack);
    assertEquals(frames, PackReader.open(seals, "p", ID, golden).frames());
    frames.clear();
    Seals sealed = Samples.encrypted(1);
    byte[] goldenSealed = Golden.check("pack-v1-sealed.bin", small(sealed));
    assertEquals(frames, PackReader.open(sealed, "p", ID, goldenSealed).frames());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pack_damagedAnywhere_isRefused(boolean encrypted) {
    Seals seals = Samples.seals(encrypted);
    byte[] pack = small(seals);
    Damage.everyByte("p", pack, bytes -> PackReader.open(seals, "p", ID, bytes));
    Damage.everyLength("p", pack, bytes -> PackReader.open(seals, "p", ID, bytes));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void frame_damagedAnywhere_isRefused(boolean encrypted) {
    Seals seals = Samples.seals(encrypted);
    byte[] pack = small(seals);
    Frame frame = frames.getFirst();
    byte[] stored = Arrays.copyOfRange(pack, frame.offset(), frame.offset() + frame.storedLength());
    Damage.everyByte("d000003", stored, bytes -> decodeAt(seals, ID, frame, bytes));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void frame_readAsAnother_isRefused(boolean encrypted) {
    Seals seals = Samples.seals(encrypted);
    byte[] pack = small(seals);
    Frame f = frames.getFirst();
    List<Frame> lies =
        List.of(
            new Frame(
                1,
                f.kind(),
                f.compressed(),
                0,
                f.position(),
                f.offset(),
                f.storedLength(),
                f.plainLength()),
            new Frame(
                0,
                FrameKind.HEAT,
                f.compressed(),
                0,
                f.position(),
                f.offset(),
                f.storedLength(),
                f.plainLength()),
            new Frame(
                0,
                f.kind(),
                !f.compressed(),
                0,
                f.position(),
                f.offset(),
                f.storedLength(),
                f.plainLength()),
            new Frame(
                0,
                f.kind(),
                f.compressed(),
                1,
                f.position(),
                f.offset(),
                f.storedLength(),
                f.plainLength()),
            new Frame(
                0,
                f.kind(),
                f.compressed(),
                0,
                f.position() + 1,
                f.offset(),
                f.storedLength(),
                f.plainLength()),
            new Frame(
                0,
                f.kind(),
                f.compressed(),
                0,
                f.position(),
                f.offset(),
                f.storedLength(),
                f.plainLength() + 4096));
    for (Frame lie : lies) {
      Damage.refused("d000003", lie.toString(), () -> decode(seals, lie, pack));
    }
    for (PackId other :
        List.of(
            new PackId(Samples.OTHER_VOLUME, 7, ID.attempt(), ID.kind(), 3),
            new PackId(ID.volume(), 8, ID.attempt(), ID.kind(), 3),
            new PackId(ID.volume(), 7, 1, ID.kind(), 3),
            new PackId(ID.volume(), 7, ID.attempt(), PackKind.MANIFEST, 3),
            new PackId(ID.volume(), 7, ID.attempt(), ID.kind(), 4))) {
      byte[] stored = Arrays.copyOfRange(pack, f.offset(), f.offset() + f.storedLength());
      Damage.refused("v/", other.toString(), () -> decodeAt(seals, other, f, stored));
      Damage.refused("p", other.toString(), () -> PackReader.open(seals, "p", other, pack));
    }
  }

  @Test
  void pack_underAnotherKey_isRefused() {
    byte[] pack = small(Samples.encrypted(1));
    Damage.refused("p", "key", () -> PackReader.open(Samples.encrypted(2), "p", ID, pack));
    Damage.refused("p", "no key", () -> PackReader.open(Samples.plain(), "p", ID, pack));
  }

  @Test
  void pack_filledWithTinyFrames_staysWithinItsBounds() {
    Seals seals = Samples.plain();
    byte[] buffer = new byte[PackBuilder.MAX_BYTES];
    int count = 0;
    int length;
    try (PackBuilder pack = new PackBuilder(seals, ID, SALT, buffer)) {
      byte[] tiny = new byte[1];
      while (pack.fits(1)) {
        pack.add(
            FrameKind.HEAT,
            0,
            (count++ % 2) * (Long.MAX_VALUE / 4),
            1,
            new FrameEncoder.Encoded(false, tiny, 1));
      }
      length = pack.finish();
    }
    assertEquals(PackDirectory.MAX_FRAMES, count);
    assertTrue(length <= PackBuilder.MAX_BYTES);
    byte[] whole = Arrays.copyOf(buffer, length);
    assertEquals(count, PackReader.open(seals, "p", ID, whole).frames().size());
  }

  @Test
  void pack_filledWithLargeFrames_staysWithinItsBounds() {
    byte[] buffer = new byte[PackBuilder.MAX_BYTES];
    byte[] random = Samples.bytes(1, ChunkLayout.CHUNK_BYTES);
    try (PackBuilder pack = new PackBuilder(Samples.plain(), ID, SALT, buffer)) {
      int count = 0;
      while (pack.fits(random.length)) {
        pack.add(
            FrameKind.FULL,
            0,
            count++,
            random.length,
            new FrameEncoder.Encoded(false, random, random.length));
      }
      assertEquals(31, count);
      assertThrows(
          IllegalStateException.class,
          () ->
              pack.add(
                  FrameKind.FULL,
                  0,
                  99,
                  random.length,
                  new FrameEncoder.Encoded(false, random, random.length)));
      assertTrue(pack.finish() <= PackBuilder.MAX_BYTES);
    }
  }

  private byte[] sample(Seals seals) {
    byte[] buffer = new byte[PackBuilder.MAX_BYTES];
    try (PackBuilder pack = new PackBuilder(seals, ID, SALT, buffer)) {
      add(pack, FrameKind.FULL, 0, 1000, text());
      add(pack, FrameKind.FULL, 0, 2, Samples.bytes(5, ChunkLayout.CHUNK_BYTES));
      add(pack, FrameKind.DELTA, 0, 134_217_727, delta());
      add(pack, FrameKind.LEAF, 0, 5, Samples.bytes(6, 3000));
      add(pack, FrameKind.INNER, 3, 0, Samples.bytes(7, 9000));
      add(pack, FrameKind.HEAT, 0, 1, new byte[500]);
      add(pack, FrameKind.TRACE, 0, 0, new byte[] {1});
      return Arrays.copyOf(buffer, pack.finish());
    }
  }

  private byte[] small(Seals seals) {
    byte[] buffer = new byte[PackBuilder.MAX_BYTES];
    try (PackBuilder pack = new PackBuilder(seals, ID, SALT, buffer)) {
      add(pack, FrameKind.FULL, 0, 1000, new byte[ChunkLayout.CHUNK_BYTES]);
      add(pack, FrameKind.LEAF, 0, 3, "not really a leaf".getBytes());
      return Arrays.copyOf(buffer, pack.finish());
    }
  }

  private void add(PackBuilder pack, FrameKind kind, int level, long position, byte[] plain) {
    frames.add(
        pack.add(
            kind, level, position, plain.length, new FrameEncoder().encode(plain, plain.length)));
  }

  private static byte[] decode(Seals seals, Frame frame, byte[] pack) {
    return open(seals, ID, frame, pack, frame.offset());
  }

  private static byte[] decodeAt(Seals seals, PackId id, Frame frame, byte[] stored) {
    return open(seals, id, frame, stored, 0);
  }

  private static byte[] open(Seals seals, PackId id, Frame frame, byte[] stored, int offset) {
    StoredFrames frames = new StoredFrames(stored, Map.of(frame.number(), offset));
    try (FrameOpener opener = new FrameOpener(seals)) {
      byte[] contents = opener.open(frames, new FrameRef(PackRef.of(id), frame));
      return Arrays.copyOf(contents, frame.plainLength());
    }
  }

  private static byte[] text() {
    byte[] text = new byte[ChunkLayout.CHUNK_BYTES];
    byte[] line = "the quick brown fox jumps over the lazy dog\n".getBytes();
    for (int i = 0; i < text.length; i++) {
      text[i] = line[i % line.length];
    }
    return text;
  }

  private static byte[] delta() {
    byte[] chunk = new byte[ChunkLayout.CHUNK_BYTES];
    new Random(9).nextBytes(chunk);
    byte[] delta = new byte[FrameEncoder.MAX_PLAIN_BYTES];
    return Arrays.copyOf(delta, Blocks.toDelta(chunk, new BlockMask(0b101, 1L << 63), delta));
  }
}
