package dev.quarry.nbd;

import java.nio.charset.StandardCharsets;

/// What a client may know of an export without attaching it.
///
/// @param name the name that it is listed and asked for under; not empty, no NUL, at most 4096
///   bytes of UTF-8
/// @param description a text for people, may be empty; no NUL, at most 4096 bytes of UTF-8
/// @param sizeBytes the size of its device, not negative
/// @param readOnly whether its device refuses changes
public record ExportInfo(String name, String description, long sizeBytes, boolean readOnly) {

  public ExportInfo {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("export has no name");
    }
    check("name", name);
    check("description", description);
    if (sizeBytes < 0) {
      throw new IllegalArgumentException("export has negative size bytes=" + sizeBytes);
    }
  }

  private static void check(String what, String text) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > Wire.STRING_LIMIT || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "export %s is no NBD string bytes=%d".formatted(what, bytes));
    }
  }
}
