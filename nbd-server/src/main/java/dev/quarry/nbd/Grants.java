package dev.quarry.nbd;

import dev.quarry.tls.TextLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// What access lists say of one client or group of clients: exports by the names that they are
/// listed under, `*` for all, each with `:ro` behind it if it may only be read.
///
/// @param exports as they stand in a list
record Grants(List<String> exports) {
  private static final String ALL = "*";
  private static final String READ_ONLY = ":ro";

  Grants {
    exports = List.copyOf(exports);
  }

  /// A line of a list.
  ///
  /// @param who whom it is about
  record Line(int number, String who, Grants grants) {}

  /// Reads a file of lines `WHO: EXPORT EXPORT …`. Empty lines and those that begin with `#` do not
  /// count. Behind the colon that ends `WHO` is a space or the line's end.
  ///
  /// @param form how a line looks, for the error
  static List<Line> load(Path file, String form) throws IOException {
    List<Line> lines = new ArrayList<>();
    for (Map.Entry<Integer, String> entry : TextLines.of(file).entrySet()) {
      String line = entry.getValue().strip();
      int colon = (line + " ").indexOf(": ");
      if (colon <= 0) {
        throw new IOException(
            "not a line of %s file=%s line=%d".formatted(form, file, entry.getKey()));
      }
      List<String> exports =
          Arrays.stream(line.substring(colon + 1).strip().split("\\s+"))
              .filter(name -> !name.isEmpty())
              .toList();
      lines.add(new Line(entry.getKey(), line.substring(0, colon).strip(), new Grants(exports)));
    }
    return lines;
  }

  /// What they allow with an export.
  ExportAccess.Level level(String export) {
    if (exports.contains(export) || exports.contains(ALL)) {
      return ExportAccess.Level.WRITE;
    }
    return exports.contains(export + READ_ONLY) || exports.contains(ALL + READ_ONLY)
        ? ExportAccess.Level.READ
        : ExportAccess.Level.NONE;
  }
}
