package dev.quarry.workload;

import dev.quarry.block.IoKind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Text of `blkparse`: `8,0 3 1 0.000000000 697 Q W 223490 + 8 [kjournald]`.
///
/// Requests are counted where they are queued (Q), as fio does when it replays: that is what was
/// asked for, before the kernel merged or split it. Sectors have 512 bytes. The text ends with
/// sums, the first of which is that of a CPU.
final class BlkparseLines implements TraceLines {
  private static final Pattern EVENT =
      Pattern.compile(
          "\\s*\\d+,\\d+\\s+\\d+\\s+\\d+\\s+(\\d+)\\.(\\d{9})\\s+\\d+\\s+([A-Za-z])\\s+(.*)");
  private static final Pattern RANGE = Pattern.compile("([A-Z]+)\\s+(\\d+) \\+ (\\d+)( .*)?");
  private static final Pattern SUMS = Pattern.compile("(CPU\\d+|Total) \\(.*");
  private static final long SECTOR_BYTES = 512;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  static boolean looksRight(String line) {
    return EVENT.matcher(line).matches();
  }

  @Override
  public Found read(String line, Recorded into) {
    Matcher event = EVENT.matcher(line);
    if (!event.matches()) {
      if (SUMS.matcher(line).matches()) {
        return Found.END;
      }
      throw new IllegalArgumentException(
          "not a line of blkparse: '" + Fields.clipped(line.strip()) + "'");
    }
    if (!event.group(3).equals("Q")) {
      return Found.OTHER;
    }
    Matcher range = RANGE.matcher(event.group(4));
    if (!range.matches()) {
      return Found.OTHER; // a flush has no range
    }
    String kind = range.group(1);
    if (kind.contains("D")) {
      into.kind = IoKind.TRIM;
    } else if (kind.contains("W")) {
      into.kind = IoKind.WRITE;
    } else if (kind.contains("R")) {
      into.kind = IoKind.READ;
    } else {
      return Found.OTHER;
    }
    long seconds = Fields.number(event.group(1), "time");
    into.atNanos =
        Fields.scaled(seconds, NANOS_PER_SECOND, "time") + Long.parseLong(event.group(2));
    into.offset = Fields.scaled(Fields.number(range.group(2), "sector"), SECTOR_BYTES, "sector");
    into.length = Fields.scaled(Fields.number(range.group(3), "length"), SECTOR_BYTES, "length");
    return Found.REQUEST;
  }
}
