package dev.quarry.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;

class DataKeyTest {
  private static final byte[] BOUND = {1, 2, 3};

  @Test
  void close_wipesAllOfItsMemory() {
    KeptArena arena = new KeptArena();
    byte[] raw = raw(1);
    DataKey key = DataKey.adopt(raw, SecretMemory.allocate(DataKey.memoryBytes(), arena));
    MemorySegment memory = arena.memory();
    assertArrayEquals(raw(1), memory.asSlice(0, 64).toArray(ValueLayout.JAVA_BYTE));
    byte[] sector = new byte[512];
    key.sectorCipher().encrypt(0, sector, 0, sector, 0, 512);

    key.close();

    assertTrue(arena.closedByUser());
    assertArrayEquals(new byte[(int) memory.byteSize()], memory.toArray(ValueLayout.JAVA_BYTE));
    arena.release();
  }

  @Test
  void adopt_wipesTheArrayItWasGiven() {
    byte[] raw = raw(1);
    DataKey.adopt(raw).close();
    assertArrayEquals(new byte[64], raw);
    byte[] wrong = {1, 2, 3};
    assertThrows(IllegalArgumentException.class, () -> DataKey.adopt(wrong));
    assertArrayEquals(new byte[3], wrong);
  }

  @Test
  void use_afterClose_isRefusedEverywhere() {
    DataKey key = DataKey.adopt(raw(1));
    SectorCipher cipher = key.sectorCipher();
    SealingKey sealing = key.snapshotData();
    MacKey mac = key.lineageLog();
    byte[] sector = new byte[512];
    cipher.encrypt(0, sector, 0, sector, 0, 512); // makes a lane, which a close takes for good
    key.close();
    key.close();
    assertThrows(IllegalStateException.class, () -> cipher.encrypt(0, sector, 0, sector, 0, 512));
    assertThrows(IllegalStateException.class, () -> sealing.objectKey(new byte[16]));
    assertThrows(IllegalStateException.class, () -> mac.mac(sector));
    assertThrows(IllegalStateException.class, key::sectorCipher);
    assertThrows(IllegalStateException.class, key::snapshotRoot);
    assertThrows(IllegalStateException.class, key::chunkDigests);
    assertThrows(IllegalStateException.class, key::checkValue);
    assertThrows(
        IllegalStateException.class, () -> key.insecureRawBytes(InsecureKeyAccess.granted()));
  }

  /// The derivation is a format: what was sealed by one version must open with the next.
  @Test
  void subKeys_ofAKnownKey_stayAsTheyAre() {
    KeptArena arena = new KeptArena();
    DataKey key = DataKey.adopt(raw(1), SecretMemory.allocate(DataKey.memoryBytes(), arena));
    byte[] all = arena.memory().asSlice(0, DataKey.memoryBytes()).toArray(ValueLayout.JAVA_BYTE);
    byte[] extracted = Hkdf.extract(raw(1), new byte[0]);
    int at = 64;
    for (String[] labelAndLength :
        new String[][] {
          {"xts", "64"},
          {"snapshot data", "32"},
          {"snapshot pages", "32"},
          {"snapshot root", "32"},
          {"lineage log", "32"},
          {"chunk digests", "32"}
        }) {
      byte[] info = ("quarry data key v1 " + labelAndLength[0]).getBytes();
      int length = Integer.parseInt(labelAndLength[1]);
      assertArrayEquals(
          Hkdf.expand(extracted, info, length), Arrays.copyOfRange(all, at, at + length));
      at += length;
    }
    assertEquals(all.length, at);
    assertEquals("f8a4baaacfd9bcd0ac8c63d0164ea901", HexFormat.of().formatHex(key.checkValue()));
    key.close();
    arena.release();
  }

  @Test
  void checkValue_tellsKeysApart() {
    try (DataKey one = DataKey.adopt(raw(1));
        DataKey again = DataKey.adopt(raw(1));
        DataKey other = DataKey.adopt(raw(2))) {
      assertArrayEquals(one.checkValue(), again.checkValue());
      assertFalse(Arrays.equals(one.checkValue(), other.checkValue()));
      assertNotEquals(one, again);
      assertSame(one.sectorCipher(), one.sectorCipher());
    }
  }

  @Test
  void toString_ofEverything_isRedacted() {
    try (DataKey key = DataKey.adopt(raw(1));
        ObjectKey object = key.snapshotData().objectKey(new byte[16])) {
      assertEquals("DataKey[512 bits, redacted]", key.toString());
      for (Object handle :
          List.of(key.sectorCipher(), key.snapshotPages(), key.lineageLog(), object)) {
        assertTrue(handle.toString().contains("redacted"), handle.toString());
      }
    }
  }

  @Test
  void ephemeralKey_cannotBeSerialized() throws Exception {
    try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream());
        EphemeralKey key = EphemeralKey.adopt("AES", new byte[32])) {
      assertThrows(NotSerializableException.class, () -> out.writeObject(key));
      assertTrue(key.toString().contains("redacted"));
    }
  }

  @Test
  void memoryProtection_tellsWhatWasRefused() {
    try (DataKey key = DataKey.adopt(raw(1))) {
      MemoryProtection protection = key.memoryProtection();
      assertEquals(
          protection.locked() && protection.excludedFromDumps(), protection.refusal().isEmpty());
    }
    assertEquals(
        "mlock refused errno=12, madvise refused errno=22", MemoryProtection.of(12, 22).refusal());
  }

  @Test
  void handles_aThousand_openInSeconds() {
    List<DataKey> keys = new ArrayList<>();
    assertTimeout(
        Duration.ofSeconds(10),
        () -> {
          for (int i = 0; i < 1000; i++) {
            keys.add(DataKey.adopt(raw(i)));
          }
        });
    keys.forEach(DataKey::close);
  }

  @Test
  void objectKey_opensWhatItSealed_andNothingElse() throws Exception {
    byte[] salt = raw(7, 16);
    byte[] plain = raw(8, 1000);
    byte[] sealed = new byte[plain.length + ObjectKey.TAG_BYTES];
    try (DataKey key = DataKey.adopt(raw(1));
        ObjectKey object = key.snapshotData().objectKey(salt);
        ObjectKey pages = key.snapshotPages().objectKey(salt);
        ObjectKey otherSalt = key.snapshotData().objectKey(new byte[16])) {
      object.seal(5, BOUND, plain, 0, plain.length, sealed, 0);
      byte[] opened = new byte[plain.length];
      object.open(5, BOUND, sealed, 0, sealed.length, opened, 0);
      assertArrayEquals(plain, opened);

      assertRefused(object, 6, BOUND, sealed);
      assertRefused(object, 5, new byte[] {1, 2}, sealed);
      assertRefused(pages, 5, BOUND, sealed);
      assertRefused(otherSalt, 5, BOUND, sealed);
      assertRefused(object, 5, BOUND, Arrays.copyOf(sealed, sealed.length - 1));
      assertRefused(object, 5, BOUND, Arrays.copyOf(sealed, 3));
      for (int i = 0; i < sealed.length; i++) {
        byte[] changed = sealed.clone();
        changed[i] ^= 1;
        assertRefused(object, 5, BOUND, changed);
      }
    }
  }

  @Test
  void objectKey_afterClose_isRefused() {
    try (DataKey key = DataKey.adopt(raw(1))) {
      ObjectKey object = key.snapshotData().objectKey(new byte[16]);
      object.close();
      assertThrows(
          IllegalStateException.class,
          () -> object.seal(9, BOUND, new byte[1], 0, 1, new byte[17], 0));
      assertThrows(
          IllegalStateException.class,
          () -> object.open(9, BOUND, new byte[17], 0, 17, new byte[1], 0));
    }
  }

  private static void assertRefused(ObjectKey key, long number, byte[] bound, byte[] sealed) {
    byte[] out = new byte[sealed.length];
    AEADBadTagException refused =
        assertThrows(
            AEADBadTagException.class,
            () -> key.open(number, bound, sealed, 0, sealed.length, out, 0));
    assertEquals(null, refused.getMessage());
    assertArrayEquals(new byte[out.length], out, "nothing of it may be seen");
  }

  @Test
  void macKey_separatesKeysAndContents() {
    byte[] text = raw(3, 100);
    try (DataKey key = DataKey.adopt(raw(1))) {
      MacKey log = key.lineageLog();
      byte[] mac = log.mac(text);
      assertEquals(MacKey.MAC_BYTES, mac.length);
      assertTrue(MacKey.equal(mac, log.mac(text, 0, text.length)));
      assertTrue(
          MacKey.equal(mac, log.mac(Arrays.copyOf(text, 40), Arrays.copyOfRange(text, 40, 100))));
      assertFalse(MacKey.equal(mac, key.chunkDigests().mac(text)));
      assertFalse(MacKey.equal(mac, log.mac(text, 0, 99)));
    }
  }

  static byte[] raw(int seed) {
    return raw(seed, DataKey.SIZE_BYTES);
  }

  private static byte[] raw(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
