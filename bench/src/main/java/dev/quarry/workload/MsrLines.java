package dev.quarry.workload;

import dev.quarry.block.IoKind;
import java.util.regex.Pattern;

/// CSV of MSR Cambridge: `128166372003061629,usr,0,Read,7014609920,24576,41286`. Times count 100 ns
/// since 1601. The response time was that of another disk, and is not used.
final class MsrLines implements TraceLines {
  private static final Pattern RIGHT =
      Pattern.compile("\\d+,[^,]*,\\d+,(?i:read|write),\\d+,\\d+.*");
  private static final int FIELDS = 6;
  private static final long NANOS_PER_TICK = 100;

  private long firstTicks = -1;

  static boolean looksRight(String line) {
    return RIGHT.matcher(line).matches();
  }

  @Override
  public Found read(String line, Recorded into) {
    if (line.startsWith("Timestamp,")) {
      return Found.OTHER;
    }
    String[] fields = line.strip().split(",", -1);
    if (fields.length < FIELDS) {
      throw new IllegalArgumentException(
          "fewer than 6 fields between commas: '" + Fields.clipped(line) + "'");
    }
    long ticks = Fields.number(fields[0], "time");
    if (firstTicks < 0) {
      firstTicks = ticks;
    }
    into.atNanos =
        Fields.scaled(Math.max(0, ticks - firstTicks), NANOS_PER_TICK, "time"); // 1601 in ns: no
    switch (fields[3].toLowerCase(java.util.Locale.ROOT)) {
      case "read" -> into.kind = IoKind.READ;
      case "write" -> into.kind = IoKind.WRITE;
      default ->
          throw new IllegalArgumentException(
              "neither Read nor Write: '" + Fields.clipped(fields[3]) + "'");
    }
    into.offset = Fields.number(fields[4], "offset");
    into.length = Fields.number(fields[5], "length");
    return Found.REQUEST;
  }
}
