package dev.quarry.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The plaintext data key (DEK) of a lineage: of a volume, its snapshots, and the volumes made from
/// them. A handle: it gives ciphers, never bytes.
///
/// From its 512 bits HKDF-SHA256 derives, once and with a label each, the keys of everything that
/// is stored under it. All of them lie off the heap, locked against swapping and left out of core
/// dumps where the operating system allows it ([#memoryProtection] tells), and are zeroed by
/// [#close].
///
/// It has no `equals`: [#checkValue] tells whether two handles hold the same key.
///
/// Safe for use by many threads. Use after close, of the handle or of anything it gave, throws
/// IllegalStateException. Close it after the last request; calls under way are waited for by the
/// sector cipher only.
public final class DataKey implements AutoCloseable {
  /// The size of a data key in bytes: EBS asks KMS for 64 (two AES-256 keys).
  public static final int SIZE_BYTES = 64;

  /// The size of [#checkValue] in bytes.
  public static final int CHECK_VALUE_BYTES = 16;

  // Where the keys lie in the memory.
  private static final int RAW_OFFSET = 0;
  private static final int XTS_OFFSET = RAW_OFFSET + SIZE_BYTES;
  private static final int DATA_OFFSET = XTS_OFFSET + SectorCipher.KEY_BYTES;
  private static final int PAGES_OFFSET = DATA_OFFSET + SealingKey.KEY_BYTES;
  private static final int ROOT_OFFSET = PAGES_OFFSET + SealingKey.KEY_BYTES;
  private static final int LOG_OFFSET = ROOT_OFFSET + SealingKey.KEY_BYTES;
  private static final int DIGEST_OFFSET = LOG_OFFSET + MacKey.KEY_BYTES;
  private static final int END = DIGEST_OFFSET + MacKey.KEY_BYTES;

  private static final byte[] NO_SALT = {};

  private final SecretMemory memory;
  private final SectorCipher sectorCipher;
  private final byte[] checkValue;

  private DataKey(SecretMemory memory, byte[] raw) {
    this.memory = memory;
    memory.put(RAW_OFFSET, raw);
    byte[] extracted = Hkdf.extract(raw, NO_SALT);
    try {
      store(extracted, "xts", XTS_OFFSET, SectorCipher.KEY_BYTES);
      store(extracted, "snapshot data", DATA_OFFSET, SealingKey.KEY_BYTES);
      store(extracted, "snapshot pages", PAGES_OFFSET, SealingKey.KEY_BYTES);
      store(extracted, "snapshot root", ROOT_OFFSET, SealingKey.KEY_BYTES);
      store(extracted, "lineage log", LOG_OFFSET, MacKey.KEY_BYTES);
      store(extracted, "chunk digests", DIGEST_OFFSET, MacKey.KEY_BYTES);
      this.checkValue = derive(extracted, "check value", CHECK_VALUE_BYTES);
    } finally {
      Arrays.fill(extracted, (byte) 0);
    }
    // Twice the processors: a thread that is preempted keeps its lane.
    int laneCount = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());
    this.sectorCipher = new SectorCipher(memory, XTS_OFFSET, laneCount);
  }

  /// Makes a handle of raw bytes, and wipes them.
  static DataKey adopt(byte[] raw) {
    checkLength(raw);
    return adopt(raw, SecretMemory.allocate(END));
  }

  /// As above, in a memory of at least [#memoryBytes] that is closed with the handle.
  static DataKey adopt(byte[] raw, SecretMemory memory) {
    checkLength(raw);
    try {
      return new DataKey(memory, raw);
    } finally {
      Arrays.fill(raw, (byte) 0);
    }
  }

  private static void checkLength(byte[] raw) {
    if (raw.length != SIZE_BYTES) {
      Arrays.fill(raw, (byte) 0);
      throw new IllegalArgumentException("not a data key bytes=" + raw.length);
    }
  }

  /// The size of the memory that a handle needs, in bytes.
  static int memoryBytes() {
    return END;
  }

  /// Makes a handle of raw bytes that came from elsewhere, such as a test, and wipes them.
  public static DataKey insecureOf(byte[] raw, InsecureKeyAccess access) {
    return adopt(raw);
  }

  /// The cipher of the volume's sectors; always the same one.
  public SectorCipher sectorCipher() {
    checkOpen();
    return sectorCipher;
  }

  /// Seals packs of chunk contents.
  public SealingKey snapshotData() {
    return sealingKey(DATA_OFFSET);
  }

  /// Seals pages of manifests.
  public SealingKey snapshotPages() {
    return sealingKey(PAGES_OFFSET);
  }

  /// Seals roots of snapshots.
  public SealingKey snapshotRoot() {
    return sealingKey(ROOT_OFFSET);
  }

  /// Chains the entries of the lineage log.
  public MacKey lineageLog() {
    return macKey(LOG_OFFSET);
  }

  /// Names chunk contents without telling what they are.
  public MacKey chunkDigests() {
    return macKey(DIGEST_OFFSET);
  }

  /// A value that two handles share exactly if they hold the same key. It is no secret: store it to
  /// recognise a wrong key before it deciphers anything.
  public byte[] checkValue() {
    checkOpen();
    return checkValue.clone();
  }

  /// What the operating system granted for the memory of this key.
  public MemoryProtection memoryProtection() {
    return memory.protection();
  }

  /// The raw bytes on the heap; the caller wipes them.
  public byte[] insecureRawBytes(InsecureKeyAccess access) {
    return memory.copy(RAW_OFFSET, SIZE_BYTES);
  }

  @Override
  public void close() {
    sectorCipher.close();
    memory.close();
  }

  @Override
  public String toString() {
    return "DataKey[512 bits, redacted]";
  }

  private SealingKey sealingKey(int offset) {
    checkOpen();
    return new SealingKey(memory, offset);
  }

  private MacKey macKey(int offset) {
    checkOpen();
    return new MacKey(memory, offset);
  }

  private void store(byte[] extracted, String label, int offset, int length) {
    byte[] key = derive(extracted, label, length);
    memory.put(offset, key);
    Arrays.fill(key, (byte) 0);
  }

  private static byte[] derive(byte[] extracted, String label, int length) {
    byte[] info = ("quarry data key v1 " + label).getBytes(StandardCharsets.US_ASCII);
    return Hkdf.expand(extracted, info, length);
  }

  private void checkOpen() {
    if (memory.isClosed()) {
      throw new IllegalStateException("key is closed");
    }
  }
}
