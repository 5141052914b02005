package dev.quarry.workload;

import dev.quarry.block.IoKind;
import java.io.IOException;
import java.io.UncheckedIOException;

/// A walk through a trace.
///
/// Times begin at the first request and never go back: where lines of several processors are not
/// quite in order, a request is due with the one before it.
public final class TraceRequests implements Requests {
  private static final int LONGEST_REQUEST = 32 << 20;

  /// So that times fit in nanoseconds whatever the speed.
  private static final double MOST_NANOS = 1e18;

  private final Trace trace;
  private final TraceLines format;
  private final LineSource lines;
  private final long spanBytes;
  private final double speed;
  private final TraceLines.Recorded recorded = new TraceLines.Recorded();
  private boolean begun;
  private long firstNanos;
  private long dueNanos;
  private long offset;
  private boolean ended;
  private long skippedLines;

  TraceRequests(Trace trace, LineSource lines, long spanBytes, double speed) {
    this.trace = trace;
    this.format = trace.format().lines();
    this.lines = lines;
    this.spanBytes = spanBytes;
    this.speed = speed;
  }

  @Override
  public boolean next() {
    try {
      while (!ended && lines.next()) {
        if (!lines.line().isBlank() && isRequest()) {
          place();
          return true;
        }
      }
    } catch (IOException e) {
      throw Trace.unreadable(trace.file(), e);
    }
    ended = true;
    return false;
  }

  private boolean isRequest() {
    try {
      if (lines.clipped()) {
        throw new IllegalArgumentException("longer than " + Trace.LONGEST_LINE + " characters");
      }
      return switch (format.read(lines.line(), recorded)) {
        case REQUEST -> {
          check();
          yield recorded.length > 0;
        }
        case OTHER -> false;
        case END -> {
          ended = true;
          yield false;
        }
      };
    } catch (IllegalArgumentException e) {
      if (trace.badLines() == Trace.BadLines.REFUSED) {
        throw new TraceException(
            "%s, line %d: %s".formatted(trace.file(), lines.number(), e.getMessage()), e);
      }
      skippedLines++;
      return false;
    }
  }

  private void check() {
    if (recorded.length > LONGEST_REQUEST) {
      throw new IllegalArgumentException("request is longer than 32 MiB: " + recorded.length);
    }
    if (recorded.offset > Long.MAX_VALUE - LONGEST_REQUEST) {
      throw new IllegalArgumentException("offset is too large: " + recorded.offset);
    }
  }

  private void place() {
    if (!begun) {
      begun = true;
      firstNanos = recorded.atNanos;
    }
    double due = Math.min(MOST_NANOS, (recorded.atNanos - firstNanos) / speed);
    dueNanos = Math.max(dueNanos, (long) due);
    long room = spanBytes - recorded.length;
    offset = recorded.offset <= room ? recorded.offset : recorded.offset % (room + 1) & -512L;
  }

  @Override
  public IoKind kind() {
    return recorded.kind;
  }

  @Override
  public long offset() {
    return offset;
  }

  @Override
  public int length() {
    return (int) recorded.length;
  }

  @Override
  public long dueNanos() {
    return dueNanos;
  }

  /// Lines left out so far.
  public long skippedLines() {
    return skippedLines;
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
