package dev.quarry.node;

import dev.quarry.nbd.AddressAccess;
import dev.quarry.nbd.AddressRange;
import dev.quarry.nbd.ExportAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which NBD clients may do what, beside what their names allow ([NodeTls]).
///
/// @param callers where clients of TCP may come from; from anywhere if empty
/// @param addresses a file that says who may use which volume, as [AddressAccess] reads it
/// @param readOnly the volumes that nobody may change, by ids or names; `*` for all
public record NodeAccess(
    List<AddressRange> callers, Optional<Path> addresses, Set<String> readOnly) {
  private static final String ALL = "*";

  public NodeAccess {
    callers = List.copyOf(callers);
    readOnly = Set.copyOf(readOnly);
  }

  /// Everything for everybody.
  public static NodeAccess everything() {
    return new NodeAccess(List.of(), Optional.empty(), Set.of());
  }

  /// Reads the file.
  ///
  /// @throws IOException if it cannot be used; the message names it
  ExportAccess load() throws IOException {
    return addresses.isPresent() ? AddressAccess.load(addresses.get()) : ExportAccess.everything();
  }

  /// Whether nobody may change a volume.
  ///
  /// @param name its name, if it has one
  boolean readOnly(String id, Optional<String> name) {
    return readOnly.contains(ALL)
        || readOnly.contains(id)
        || name.filter(readOnly::contains).isPresent();
  }
}
