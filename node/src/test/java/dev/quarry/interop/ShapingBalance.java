package dev.quarry.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/// The burst credits that a stopped node has recorded for a volume (docs/formats.md, "The record"):
/// an empty bucket without the half hour that it takes to drain one.
///
/// A program too, of this file alone, for measurements:
///
/// ```
/// java ShapingBalance.java DATA_FOLDER VOLUME LEFT
/// ```
final class ShapingBalance {
  private static final Pattern LEFT = Pattern.compile("(\"left\"\\s*:\\s*)-?\\d+");
  private static final Pattern RESERVE = Pattern.compile("(\"reserve\"\\s*:\\s*)-?\\d+");

  private ShapingBalance() {}

  /// What is recorded as left, without what has come back since.
  static long left(Path dataFolder, String volume) throws IOException {
    return number(LEFT, text(record(dataFolder, volume)));
  }

  /// What was set aside for a node that is killed.
  static long reserve(Path dataFolder, String volume) throws IOException {
    return number(RESERVE, text(record(dataFolder, volume)));
  }

  /// Records another balance.
  ///
  /// @param left in I/Os or in bytes, as the volume's type counts
  static void set(Path dataFolder, String volume, long left) throws IOException {
    Path record = record(dataFolder, volume);
    Matcher credits = LEFT.matcher(text(record));
    if (!credits.find()) {
      throw new IllegalStateException("no credits are recorded volume=" + volume);
    }
    byte[] body = credits.replaceFirst("$1" + left).getBytes(StandardCharsets.UTF_8);
    CRC32C sum = new CRC32C();
    sum.update(body);
    Files.writeString(
        record,
        new String(body, StandardCharsets.UTF_8) + "crc32c=%08x\n".formatted(sum.getValue()));
  }

  private static Path record(Path dataFolder, String volume) {
    return dataFolder.resolve("volumes").resolve(volume).resolve("volume.json");
  }

  /// The record without its last line, the checksum.
  private static String text(Path record) throws IOException {
    String all = Files.readString(record);
    return all.substring(0, all.lastIndexOf("crc32c="));
  }

  private static long number(Pattern member, String text) {
    Matcher found = member.matcher(text);
    if (!found.find()) {
      throw new IllegalStateException("no credits are recorded in " + text);
    }
    String all = found.group();
    return Long.parseLong(all.substring(all.indexOf(':') + 1).strip());
  }

  public static void main(String[] arguments) throws IOException {
    set(Path.of(arguments[0]), arguments[1], Long.parseLong(arguments[2]));
  }
}
