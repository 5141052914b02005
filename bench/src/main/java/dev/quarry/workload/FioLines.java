package dev.quarry.workload;

import dev.quarry.block.IoKind;

/// An iolog of fio. Version 2 has no times but lines `wait MICROSECONDS`, counted from the start;
/// version 3 begins each line with one, in microseconds (as fio 3.33 writes it).
final class FioLines implements TraceLines {
  private static final String BLANKS = "[ \t]+";
  private static final long NANOS_PER_MICRO = 1_000;

  private int version;
  private long waitedNanos;

  @Override
  public Found read(String line, Recorded into) {
    if (line.startsWith("fio version ")) {
      version =
          switch (line.strip()) {
            case "fio version 2 iolog" -> 2;
            case "fio version 3 iolog" -> 3;
            default ->
                throw new IllegalArgumentException(
                    "version of the iolog is neither 2 nor 3: '" + Fields.clipped(line) + "'");
          };
      return Found.OTHER;
    }
    if (version == 0) {
      throw new IllegalArgumentException("an iolog begins with 'fio version 2 iolog' or 3");
    }
    String[] words = line.strip().split(BLANKS);
    int at = version - 2; // version 3 has a time before the rest
    if (words.length < at + 2) {
      throw new IllegalArgumentException("too few words: '" + Fields.clipped(line) + "'");
    }
    if (version == 3) {
      into.atNanos = Fields.scaled(Fields.number(words[0], "time"), NANOS_PER_MICRO, "time");
    }
    return action(words, at, into);
  }

  private Found action(String[] words, int at, Recorded into) {
    switch (words[at + 1]) {
      case "add", "open", "close", "sync", "datasync", "sync_file_range" -> {
        return Found.OTHER;
      }
      case "wait" -> {
        long micros = Fields.number(word(words, at + 2), "wait");
        waitedNanos = Fields.scaled(micros, NANOS_PER_MICRO, "wait");
        return Found.OTHER;
      }
      case "read" -> into.kind = IoKind.READ;
      case "write" -> into.kind = IoKind.WRITE;
      case "trim" -> into.kind = IoKind.TRIM;
      default ->
          throw new IllegalArgumentException(
              "unknown action '" + Fields.clipped(words[at + 1]) + "'");
    }
    into.offset = Fields.number(word(words, at + 2), "offset");
    into.length = Fields.number(word(words, at + 3), "length");
    if (version == 2) {
      into.atNanos = waitedNanos;
    }
    return Found.REQUEST;
  }

  private static String word(String[] words, int index) {
    if (index >= words.length) {
      throw new IllegalArgumentException("too few words");
    }
    return words[index];
  }
}
