package dev.quarry.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/// The append-only record of every call, chained so that no entry can be changed, taken out or put
/// in without the key. [AuditCodec] draws it.
///
/// What the chain cannot tell is whether entries at its very end were cut off; the key file names
/// the last entry at the time of its last change, which bounds what can be cut unnoticed.
///
/// Safe for use by many threads. An entry is durable when [#append] returns; entries that wait at
/// the same time are forced together.
final class AuditLog implements AutoCloseable {
  // Order: forcing, then writing.
  private final ReentrantLock forcing = new ReentrantLock();
  private final ReentrantLock writing = new ReentrantLock();
  private final Path path;
  private final RandomAccessFile file; // not a FileChannel: an interrupt would close it
  private final SecretMemory auditKey;
  private final Hmac hmac; // guarded by writing
  private AuditHead head; // guarded by writing
  private long forcedSequence; // guarded by forcing

  private AuditLog(Path path, RandomAccessFile file, SecretMemory auditKey, AuditHead head) {
    this.path = path;
    this.file = file;
    this.auditKey = auditKey;
    byte[] key = auditKey.copy(0, auditKey.sizeBytes());
    this.hmac = Hmac.under(key);
    Arrays.fill(key, (byte) 0);
    this.head = head;
    this.forcedSequence = head.sequence();
  }

  /// Starts a log where there is none.
  static AuditLog create(Path path, SecretMemory auditKey) throws IOException {
    Files.createFile(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(path, AuditCodec.HEADER);
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    file.seek(file.length());
    file.getFD().sync();
    KeyFile.forceFolder(path.toAbsolutePath().getParent());
    byte[] key = auditKey.copy(0, auditKey.sizeBytes());
    try (Hmac hmac = Hmac.under(key)) {
      return new AuditLog(path, file, auditKey, new AuditHead(0, AuditScan.genesis(hmac)));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /// Goes on with a log after a scan that found no bad entry; what a crash left behind the last
  /// entry is cut off.
  static AuditLog resume(Path path, SecretMemory auditKey, AuditScan scan) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    file.setLength(scan.goodBytes());
    if (scan.goodBytes() == 0) {
      file.write(AuditCodec.HEADER.getBytes(StandardCharsets.UTF_8));
    }
    file.seek(file.length());
    file.getFD().sync();
    return new AuditLog(path, file, auditKey, scan.head());
  }

  AuditHead head() {
    writing.lock();
    try {
      return head;
    } finally {
      writing.unlock();
    }
  }

  SecretMemory auditKey() {
    return auditKey;
  }

  /// Appends an entry and makes it durable.
  ///
  /// @param entryOf makes the entry of its number
  void append(LongFunction<AuditEntry> entryOf) throws IOException {
    force(write(entryOf));
  }

  /// Walks the log from its beginning; calls wait meanwhile.
  AuditScan scan(Consumer<AuditEntry> each) throws IOException {
    writing.lock();
    try {
      return scan(path, auditKey, new AuditHead(0, new byte[0]), each);
    } finally {
      writing.unlock();
    }
  }

  /// Walks a log that nobody writes.
  static AuditScan scan(
      Path path, SecretMemory auditKey, AuditHead anchor, Consumer<AuditEntry> each)
      throws IOException {
    byte[] key = auditKey.copy(0, auditKey.sizeBytes());
    try (InputStream in = Files.newInputStream(path)) {
      return AuditScan.of(in, key, anchor, each);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private long write(LongFunction<AuditEntry> entryOf) throws IOException {
    writing.lock();
    try {
      long sequence = head.sequence() + 1;
      byte[] covered = AuditCodec.encode(entryOf.apply(sequence));
      byte[] mac = AuditScan.next(hmac, head.mac(), covered);
      byte[] end = (HexFormat.of().formatHex(mac) + "\n").getBytes(StandardCharsets.US_ASCII);
      byte[] line = Arrays.copyOf(covered, covered.length + end.length);
      System.arraycopy(end, 0, line, covered.length, end.length);
      file.write(line);
      head = new AuditHead(sequence, mac);
      return sequence;
    } finally {
      writing.unlock();
    }
  }

  private void force(long sequence) throws IOException {
    forcing.lock();
    try {
      if (forcedSequence < sequence) {
        long written = head().sequence();
        file.getFD().sync();
        forcedSequence = written;
      }
    } finally {
      forcing.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    writing.lock();
    try {
      hmac.close();
      file.close();
    } finally {
      writing.unlock();
    }
  }
}
