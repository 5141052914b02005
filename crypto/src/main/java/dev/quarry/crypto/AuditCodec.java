package dev.quarry.crypto;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.StringJoiner;

/// The audit log as text, a line for each call, so that it can be read with any tool.
///
/// ```
/// quarry-audit-log 1\n
/// sequence \t time \t principal \t operation \t key \t context \t result \t generation \t detail \t mac \n
/// ```
///
/// UTF-8; numbers in decimal digits; the time as `2026-01-02T03:04:05.678Z`, without a fraction
/// that is 0; the MAC as 64 hexadecimal digits of HMAC-SHA256 over the MAC of the line before (32
/// bytes; for the first entry: the MAC of the first line with its newline) followed by this line up
/// to and with the last tab. An empty text is `-`. Control characters, surrogates, backslash, comma
/// and equals sign in texts are written as a backslash, `u` and four hexadecimal digits. Texts
/// longer than [#MAX_TEXT_CHARS] are cut and end in `...`.
final class AuditCodec {
  static final String HEADER = "quarry-audit-log 1\n";
  static final int MAX_TEXT_CHARS = 512;

  private static final int FIELDS = 10;
  private static final String NOTHING = "-";

  private AuditCodec() {}

  /// The line up to and with the last tab.
  static byte[] encode(AuditEntry entry) {
    StringJoiner line = new StringJoiner("\t", "", "\t");
    line.add(Long.toString(entry.sequence()));
    line.add(entry.at().toString());
    line.add(entry.principal());
    line.add(entry.operation());
    line.add(entry.key());
    line.add(entry.context());
    line.add(entry.result());
    line.add(Long.toString(entry.generation()));
    line.add(entry.detail());
    return line.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// A line without its newline, taken apart.
  ///
  /// @param entry the call
  /// @param covered what the MAC covers
  /// @param mac 32 bytes
  record Line(AuditEntry entry, byte[] covered, byte[] mac) {}

  /// Takes a line apart; empty if it is none.
  static Optional<Line> decode(byte[] line) {
    String text = new String(line, StandardCharsets.UTF_8);
    String[] fields = text.split("\t", -1);
    if (fields.length != FIELDS) {
      return Optional.empty();
    }
    try {
      AuditEntry entry =
          new AuditEntry(
              Long.parseLong(fields[0]),
              Instant.parse(fields[1]),
              fields[2],
              fields[3],
              fields[4],
              fields[5],
              fields[6],
              Long.parseLong(fields[7]),
              fields[8]);
      byte[] mac = HexFormat.of().parseHex(fields[9]);
      byte[] covered = Arrays.copyOf(line, line.length - fields[9].length());
      return mac.length == Hmac.SIZE_BYTES
          ? Optional.of(new Line(entry, covered, mac))
          : Optional.empty();
    } catch (DateTimeException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// A text as it stands in a field.
  static String text(String raw) {
    return raw.isEmpty() ? NOTHING : escape(raw);
  }

  /// A context as it stands in a field.
  static String context(EncryptionContext context) {
    StringJoiner pairs = new StringJoiner(",");
    context.pairs().forEach((key, value) -> pairs.add(escape(key) + "=" + escape(value)));
    return pairs.length() == 0 ? NOTHING : pairs.toString();
  }

  private static String escape(String raw) {
    StringBuilder escaped = new StringBuilder();
    int length = Math.min(raw.length(), MAX_TEXT_CHARS);
    for (int i = 0; i < length; i++) {
      char c = raw.charAt(i);
      if (Character.isISOControl(c)
          || Character.isSurrogate(c)
          || c == '\\'
          || c == ','
          || c == '=') {
        escaped.append("\\u%04x".formatted((int) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.append(length < raw.length() ? "..." : "").toString();
  }
}
