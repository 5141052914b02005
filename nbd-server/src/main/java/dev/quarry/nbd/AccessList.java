package dev.quarry.nbd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Exports by the names that clients prove by TLS. Who is not named may use none.
///
/// @param exports what each may use, by the names that exports are listed under; `*` for all; with
///   `:ro` behind it to read only
public record AccessList(Map<String, List<String>> exports) implements ExportAccess {

  public AccessList {
    exports = Map.copyOf(exports);
  }

  /// Reads a file of lines `NAME: EXPORT EXPORT:ro …`. Empty lines and those that begin with `#` do
  /// not count.
  ///
  /// @throws IOException if it cannot be read or a line is not of that form
  public static AccessList load(Path file) throws IOException {
    Map<String, List<String>> exports = new HashMap<>();
    for (Grants.Line line : Grants.load(file, "NAME: EXPORT...")) {
      exports.put(line.who(), line.grants().exports());
    }
    return new AccessList(exports);
  }

  @Override
  public Level level(Client client, String export) {
    return client
        .identity()
        .map(name -> new Grants(exports.getOrDefault(name, List.of())).level(export))
        .orElse(Level.NONE);
  }
}
