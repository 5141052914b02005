package dev.quarry.crypto;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;

/// The ciphers and the scratch of one thread at a time: enciphers or deciphers up to
/// [#BATCH_SECTORS] sectors per turn.
///
/// XTS (IEEE 1619-2018, 5.3) enciphers block *j* of a sector as `E1(P ^ Tj) ^ Tj` with `Tj =
/// E2(sector number) * x^j` in GF(2^128), the product taken in little-endian order. The shape is
/// what the JDK runs fastest, measured by SectorCipherBenchmark:
///
/// - ciphers that are initialised once, and one ECB call for all data of a batch and one for all
///   its tweaks, out of place (in place the JDK copies);
/// - arithmetic on `byte[]` and `long[]` only: one kind of memory per loop, so that it is
///   vectorised;
/// - tweaks doubled by shifts, two sectors at a time, which hides the latency of the carry. No
///   table is indexed by a secret.
///
/// Held by one thread at a time, see [#tryTake].
final class XtsLane {
  static final int SECTOR_BYTES = 512;

  /// 8 KiB: the four working arrays stay inside a first-level cache of 32 KiB.
  static final int BATCH_SECTORS = 16;

  private static final int BATCH_BYTES = BATCH_SECTORS * SECTOR_BYTES;
  private static final int BLOCK_BYTES = 16;
  private static final int KEY_BYTES = 32;
  private static final int SECTOR_LONGS = SECTOR_BYTES / Long.BYTES;

  /// x^128 = x^7 + x^2 + x + 1 in the field of IEEE 1619-2018, 5.2.
  private static final long REDUCTION = 0x87;

  private static final String ALGORITHM = "AES";

  /// The JDK's own provider by name: another one placed before it may be slow, or not wipe.
  private static final String PROVIDER = "SunJCE";

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final AtomicBoolean taken = new AtomicBoolean();
  private final Cipher encryptor;
  private final Cipher decryptor;
  private final Cipher tweaker;
  private final byte[] in = new byte[BATCH_BYTES];
  private final byte[] out = new byte[BATCH_BYTES];
  private final byte[] sectorNumbers = new byte[BATCH_SECTORS * BLOCK_BYTES];
  private final byte[] firstTweaks = new byte[BATCH_SECTORS * BLOCK_BYTES];
  private final long[] tweaks = new long[BATCH_BYTES / Long.BYTES];

  /// Makes a lane that nobody has taken.
  ///
  /// @param dataKey 256 bits for the data, wiped by the caller
  /// @param tweakKey 256 bits for the tweaks, wiped by the caller
  XtsLane(EphemeralKey dataKey, EphemeralKey tweakKey) {
    try {
      this.encryptor = cipher(Cipher.ENCRYPT_MODE, dataKey);
      this.decryptor = cipher(Cipher.DECRYPT_MODE, dataKey);
      this.tweaker = cipher(Cipher.ENCRYPT_MODE, tweakKey);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has AES", e);
    }
  }

  /// Takes this lane for the calling thread, if nobody has it.
  boolean tryTake() {
    return !taken.get() && taken.compareAndSet(false, true);
  }

  void release() {
    taken.set(false);
  }

  void encrypt(long firstSector, MemorySegment from, long at, MemorySegment to, long toAt, int n) {
    for (int done = 0; done < n; done += BATCH_BYTES) {
      int step = Math.min(n - done, BATCH_BYTES);
      MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at + done, in, 0, step);
      transform(encryptor, firstSector + done / SECTOR_BYTES, step);
      MemorySegment.copy(out, 0, to, ValueLayout.JAVA_BYTE, toAt + done, step);
    }
  }

  void decrypt(long firstSector, MemorySegment from, long at, MemorySegment to, long toAt, int n) {
    for (int done = 0; done < n; done += BATCH_BYTES) {
      int step = Math.min(n - done, BATCH_BYTES);
      MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at + done, in, 0, step);
      transform(decryptor, firstSector + done / SECTOR_BYTES, step);
      MemorySegment.copy(out, 0, to, ValueLayout.JAVA_BYTE, toAt + done, step);
    }
  }

  void encrypt(long firstSector, byte[] from, int at, byte[] to, int toAt, int length) {
    for (int done = 0; done < length; done += BATCH_BYTES) {
      int step = Math.min(length - done, BATCH_BYTES);
      System.arraycopy(from, at + done, in, 0, step);
      transform(encryptor, firstSector + done / SECTOR_BYTES, step);
      System.arraycopy(out, 0, to, toAt + done, step);
    }
  }

  void decrypt(long firstSector, byte[] from, int at, byte[] to, int toAt, int length) {
    for (int done = 0; done < length; done += BATCH_BYTES) {
      int step = Math.min(length - done, BATCH_BYTES);
      System.arraycopy(from, at + done, in, 0, step);
      transform(decryptor, firstSector + done / SECTOR_BYTES, step);
      System.arraycopy(out, 0, to, toAt + done, step);
    }
  }

  /// Overwrites the scratch, and the ciphers' key schedules with those of a key of zeros.
  void wipe() {
    Arrays.fill(in, (byte) 0);
    Arrays.fill(out, (byte) 0);
    Arrays.fill(firstTweaks, (byte) 0);
    Arrays.fill(tweaks, 0);
    EphemeralKey zeros = EphemeralKey.zeros(ALGORITHM, KEY_BYTES);
    try {
      encryptor.init(Cipher.ENCRYPT_MODE, zeros);
      decryptor.init(Cipher.DECRYPT_MODE, zeros);
      tweaker.init(Cipher.ENCRYPT_MODE, zeros);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /// `in` to `out`.
  private void transform(Cipher cipher, long firstSector, int length) {
    int sectors = length / SECTOR_BYTES;
    try {
      for (int i = 0; i < sectors; i++) {
        LONGS.set(sectorNumbers, i * BLOCK_BYTES, firstSector + i); // the upper half stays zero
      }
      tweaker.update(sectorNumbers, 0, sectors * BLOCK_BYTES, firstTweaks, 0);
      expandTweaks(firstTweaks, tweaks, sectors);
      xor(in, tweaks, sectors * SECTOR_LONGS);
      cipher.update(in, 0, length, out, 0);
      xor(out, tweaks, sectors * SECTOR_LONGS);
    } catch (ShortBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static void expandTweaks(byte[] first, long[] tweaks, int sectors) {
    int pairs = sectors / 2;
    for (int i = 0; i < pairs; i++) {
      expandTwo(first, i * 2 * BLOCK_BYTES, tweaks, i * 2 * SECTOR_LONGS);
    }
    if (sectors % 2 == 1) {
      expandOne(first, (sectors - 1) * BLOCK_BYTES, tweaks, (sectors - 1) * SECTOR_LONGS);
    }
  }

  private static void expandOne(byte[] first, int at, long[] tweaks, int begin) {
    long low = (long) LONGS.get(first, at);
    long high = (long) LONGS.get(first, at + 8);
    for (int i = begin; i < begin + SECTOR_LONGS; i += 2) {
      tweaks[i] = low;
      tweaks[i + 1] = high;
      long carry = (high >> 63) & REDUCTION;
      high = (high << 1) | (low >>> 63);
      low = (low << 1) ^ carry;
    }
  }

  private static void expandTwo(byte[] first, int at, long[] tweaks, int begin) {
    long lowA = (long) LONGS.get(first, at);
    long highA = (long) LONGS.get(first, at + 8);
    long lowB = (long) LONGS.get(first, at + 16);
    long highB = (long) LONGS.get(first, at + 24);
    for (int i = begin; i < begin + SECTOR_LONGS; i += 2) {
      tweaks[i] = lowA;
      tweaks[i + 1] = highA;
      tweaks[i + SECTOR_LONGS] = lowB;
      tweaks[i + SECTOR_LONGS + 1] = highB;
      long carryA = (highA >> 63) & REDUCTION;
      long carryB = (highB >> 63) & REDUCTION;
      highA = (highA << 1) | (lowA >>> 63);
      highB = (highB << 1) | (lowB >>> 63);
      lowA = (lowA << 1) ^ carryA;
      lowB = (lowB << 1) ^ carryB;
    }
  }

  private static void xor(byte[] bytes, long[] mask, int longs) {
    for (int i = 0; i < longs; i++) {
      LONGS.set(bytes, i * Long.BYTES, (long) LONGS.get(bytes, i * Long.BYTES) ^ mask[i]);
    }
  }

  private static Cipher cipher(int mode, EphemeralKey key) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding", PROVIDER);
    cipher.init(mode, key);
    return cipher;
  }
}
