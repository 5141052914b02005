package dev.quarry.objects;

import io.minio.GetObjectResponse;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The bytes of an answer.
final class S3Body {
  private static final int STEP_BYTES = 64 * 1024;

  /// RFC 9110, section 14.4.
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-(\\d+)/(\\d+)");

  private S3Body() {}

  /// Reads a whole object.
  static byte[] whole(String name, GetObjectResponse answer) throws IOException {
    String header = answer.headers().get("Content-Length");
    long length = header == null ? -1 : Long.parseLong(header);
    if (length < 0 || length > ObjectStore.MAX_OBJECT_BYTES) {
      throw new ObjectStoreException.Corrupt(
          "object is larger than any that was put name=%s size=%d".formatted(name, length));
    }
    byte[] bytes = new byte[(int) length];
    if (answer.readNBytes(bytes, 0, bytes.length) < bytes.length) {
      throw new EOFException("answer ends early");
    }
    return bytes;
  }

  /// Reads a part of an object, and checks that it is the part that was asked for.
  static void range(String name, long offset, GetObjectResponse answer, MemorySegment into)
      throws IOException {
    Matcher range = CONTENT_RANGE.matcher(String.valueOf(answer.headers().get("Content-Range")));
    if (!range.matches() || Long.parseLong(range.group(1)) != offset) {
      throw new ObjectStoreException.Unsafe(
          "server ignores byte ranges name=%s offset=%d".formatted(name, offset));
    }
    Requests.checkInside(name, offset, into.byteSize(), Long.parseLong(range.group(3)));
    readFully(answer, into);
  }

  private static void readFully(InputStream from, MemorySegment into) throws IOException {
    byte[] step = new byte[(int) Math.min(STEP_BYTES, into.byteSize())];
    for (long done = 0; done < into.byteSize(); ) {
      int got = from.read(step, 0, (int) Math.min(step.length, into.byteSize() - done));
      if (got < 0) {
        throw new EOFException("answer ends early");
      }
      MemorySegment.copy(MemorySegment.ofArray(step), 0, into, done, got);
      done += got;
    }
  }

  /// Closes an answer that nobody waits for any more.
  static void discard(Object answer) {
    if (answer instanceof InputStream body) {
      try {
        body.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
