package dev.quarry.crypto;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/// A walk along the chain of the audit log from its first line.
///
/// @param head the last authentic entry
/// @param goodBytes where it ends in the file
/// @param newestGeneration the highest generation of the key file in any authentic entry
/// @param anchored whether the entry that the key file names is there and the same
/// @param tail what follows the last authentic entry
record AuditScan(
    AuditHead head, long goodBytes, long newestGeneration, boolean anchored, Tail tail) {
  /// Bounds the memory for a line; the longest real one is a context of 8 KiB, escaped.
  private static final int MAX_LINE_BYTES = 128 * 1024;

  /// What follows the last authentic entry.
  sealed interface Tail {}

  /// Nothing.
  record Clean() implements Tail {}

  /// A line without its end: a crash interrupted the write, nobody was answered.
  record Torn(long bytes) implements Tail {}

  /// An entry that is not what was written.
  record Bad(String what) implements Tail {}

  /// Walks a log.
  ///
  /// @param auditKey the caller wipes it
  /// @param anchor the entry that must be there; its sequence 0 asks for none
  /// @param each gets every authentic entry
  static AuditScan of(InputStream log, byte[] auditKey, AuditHead anchor, Consumer<AuditEntry> each)
      throws IOException {
    try (Hmac hmac = Hmac.under(auditKey)) {
      return new Walk(new BufferedInputStream(log, 1 << 16), hmac, anchor, each).run();
    }
  }

  /// The chain's value before the first entry.
  static byte[] genesis(Hmac hmac) {
    return hmac.update(AuditCodec.HEADER.getBytes(StandardCharsets.UTF_8)).finish();
  }

  /// The chain's value after an entry.
  static byte[] next(Hmac hmac, byte[] before, byte[] covered) {
    return hmac.update(before).update(covered).finish();
  }

  private static final class Walk {
    private final InputStream in;
    private final Hmac hmac;
    private final AuditHead anchor;
    private final Consumer<AuditEntry> each;
    private long sequence;
    private byte[] mac;
    private long goodBytes;
    private long newestGeneration;
    private boolean anchored;

    Walk(InputStream in, Hmac hmac, AuditHead anchor, Consumer<AuditEntry> each) {
      this.in = in;
      this.hmac = hmac;
      this.anchor = anchor;
      this.each = each;
      this.mac = genesis(hmac);
      this.anchored = anchor.sequence() == 0;
    }

    AuditScan run() throws IOException {
      byte[] header = AuditCodec.HEADER.getBytes(StandardCharsets.UTF_8);
      byte[] found = in.readNBytes(header.length);
      if (!Arrays.equals(header, found)) {
        boolean torn = Arrays.equals(found, Arrays.copyOf(header, found.length));
        return end(torn ? new Torn(found.length) : new Bad("not an audit log"));
      }
      goodBytes = header.length;
      while (true) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        int next = in.read();
        while (next >= 0 && next != '\n' && line.size() < MAX_LINE_BYTES) {
          line.write(next);
          next = in.read();
        }
        if (next < 0) {
          return end(line.size() == 0 ? new Clean() : new Torn(line.size()));
        }
        Optional<AuditCodec.Line> decoded = AuditCodec.decode(line.toByteArray());
        if (decoded.isEmpty() || !accept(decoded.get())) {
          return end(new Bad("entry %d is not authentic".formatted(sequence + 1)));
        }
        goodBytes += line.size() + 1;
      }
    }

    private boolean accept(AuditCodec.Line line) {
      byte[] expected = next(hmac, mac, line.covered());
      if (line.entry().sequence() != sequence + 1 || !MacKey.equal(expected, line.mac())) {
        return false;
      }
      sequence++;
      mac = expected;
      newestGeneration = Math.max(newestGeneration, line.entry().generation());
      anchored |= sequence == anchor.sequence() && MacKey.equal(mac, anchor.mac());
      each.accept(line.entry());
      return true;
    }

    private AuditScan end(Tail tail) {
      return new AuditScan(
          new AuditHead(sequence, mac), goodBytes, newestGeneration, anchored, tail);
    }
  }
}
