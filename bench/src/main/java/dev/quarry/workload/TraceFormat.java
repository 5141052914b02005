package dev.quarry.workload;

import java.util.List;
import java.util.Locale;

/// The formats of traces, and how to know them.
public enum TraceFormat {
  /// What fio writes with `write_iolog`, versions 2 and 3 (fio documentation, "Trace file format").
  FIO_IOLOG,
  /// What `blkparse` prints by itself (blkparse(1), "DEFAULT OUTPUT").
  BLKPARSE,
  /// Microsoft Research Cambridge, 2007: `Timestamp,Hostname,DiskNumber,Type,Offset,Size,Response`.
  MSR;

  /// The name on the command line.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The format of this name.
  ///
  /// @throws IllegalArgumentException if there is none
  public static TraceFormat parse(String label) {
    for (TraceFormat format : values()) {
      if (format.label().equals(label)) {
        return format;
      }
    }
    throw new IllegalArgumentException("'" + label + "' is none of fio-iolog, blkparse, msr");
  }

  /// The format that the first lines of a file look like.
  ///
  /// @throws TraceException if they look like none
  static TraceFormat guess(List<String> firstLines) {
    for (String line : firstLines) {
      if (line.startsWith("fio version ")) {
        return FIO_IOLOG;
      }
      if (BlkparseLines.looksRight(line)) {
        return BLKPARSE;
      }
      if (MsrLines.looksRight(line)) {
        return MSR;
      }
    }
    throw new TraceException(
        "the file is neither an iolog of fio, nor text of blkparse, nor CSV of MSR Cambridge; if it"
            + " is, say which with --format");
  }

  TraceLines lines() {
    return switch (this) {
      case FIO_IOLOG -> new FioLines();
      case BLKPARSE -> new BlkparseLines();
      case MSR -> new MsrLines();
    };
  }
}
