package dev.quarry.workload;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/// A file of requests that some machine has made; plain, or compressed by gzip.
///
/// The file is read anew for each walk and a line at a time, so that it may be of any size.
///
/// @param file where it is
/// @param format how its lines are
/// @param badLines what to do about lines that cannot be read
public record Trace(Path file, TraceFormat format, BadLines badLines) {
  /// Longer lines are no lines of a trace: a bound on memory, whatever the file.
  static final int LONGEST_LINE = 4096;

  private static final int FIRST_LINES = 20;
  private static final int GZIP_MAGIC = 0x1f8b;

  /// What to do about lines that cannot be read.
  public enum BadLines {
    /// Tell the first one and stop.
    REFUSED,
    /// Leave them out, and count them.
    SKIPPED
  }

  /// What is in a trace.
  ///
  /// @param requests how many
  /// @param bytes how much they move
  /// @param readRequests how many of them read
  /// @param lastNanos when the last is due
  /// @param endBytes the end of the last byte that is touched
  /// @param skippedLines lines left out
  public record Summary(
      long requests,
      long bytes,
      long readRequests,
      long lastNanos,
      long endBytes,
      long skippedLines) {}

  /// A trace in a file.
  ///
  /// @param format empty to find out from the file's first lines
  /// @throws TraceException if the file cannot be read or looks like no trace
  public static Trace of(Path file, Optional<TraceFormat> format, BadLines badLines) {
    return new Trace(file, format.orElseGet(() -> guess(file)), badLines);
  }

  private static TraceFormat guess(Path file) {
    List<String> first = new ArrayList<>();
    try (LineSource lines = new LineSource(reader(file))) {
      for (int i = 0; i < FIRST_LINES && lines.next(); i++) {
        first.add(lines.line());
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    return TraceFormat.guess(first);
  }

  /// Reads all of it once.
  ///
  /// @throws TraceException if it cannot be read, or has no request
  public Summary summary() {
    long requests = 0;
    long bytes = 0;
    long reads = 0;
    long last = 0;
    long end = 0;
    try (TraceRequests walk = requests(Long.MAX_VALUE, 1)) {
      while (walk.next()) {
        requests++;
        bytes += walk.length();
        reads += walk.kind() == dev.quarry.block.IoKind.READ ? 1 : 0;
        last = walk.dueNanos();
        end = Math.max(end, walk.offset() + walk.length());
      }
      if (requests == 0) {
        throw new TraceException("no request in the trace file=" + file);
      }
      return new Summary(requests, bytes, reads, last, end, walk.skippedLines());
    }
  }

  /// Walks through the requests.
  ///
  /// @param spanBytes offsets beyond are brought below it
  /// @param speed 2 halves the time between requests
  /// @throws TraceException if the file cannot be opened
  public TraceRequests requests(long spanBytes, double speed) {
    try {
      return new TraceRequests(this, new LineSource(reader(file)), spanBytes, speed);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  static TraceException unreadable(Path file, IOException cause) {
    String why =
        cause instanceof java.nio.file.NoSuchFileException ? "there is no such file" : cause + "";
    return new TraceException("the trace cannot be read file=" + file + ": " + why, cause);
  }

  private static BufferedReader reader(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      in.mark(2);
      boolean gzip = (in.read() << 8 | in.read()) == GZIP_MAGIC;
      in.reset();
      InputStream plain = gzip ? new GZIPInputStream(in, 1 << 16) : in;
      return new BufferedReader(new InputStreamReader(plain, StandardCharsets.ISO_8859_1), 1 << 16);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}
