package dev.quarry.nbd;

import dev.quarry.tls.TextLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Exports by the names that clients prove by TLS. Who is not named may use none.
///
/// @param exports what each may use, by the names that exports are listed under; `*` for all
public record AccessList(Map<String, List<String>> exports) implements ExportAccess {
  private static final String ALL = "*";

  public AccessList {
    exports = Map.copyOf(exports);
  }

  /// Reads a file of lines `NAME: EXPORT EXPORT …`. Empty lines and those that begin with `#` do
  /// not count.
  ///
  /// @throws IOException if it cannot be read or a line is not of that form
  public static AccessList load(Path file) throws IOException {
    Map<String, List<String>> exports = new HashMap<>();
    for (Map.Entry<Integer, String> entry : TextLines.of(file).entrySet()) {
      String line = entry.getValue();
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new IOException(
            "not a line of NAME: EXPORT... file=%s line=%d".formatted(file, entry.getKey()));
      }
      List<String> names =
          Arrays.stream(line.substring(colon + 1).strip().split("\\s+"))
              .filter(name -> !name.isEmpty())
              .toList();
      exports.put(line.substring(0, colon).strip(), names);
    }
    return new AccessList(exports);
  }

  @Override
  public boolean permits(Client client, String export) {
    return client
        .identity()
        .map(name -> exports.getOrDefault(name, List.of()))
        .filter(names -> names.contains(export) || names.contains(ALL))
        .isPresent();
  }
}
