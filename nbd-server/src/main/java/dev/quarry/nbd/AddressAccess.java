package dev.quarry.nbd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Exports by where clients come from. Who comes from elsewhere may use none; who is in several
/// ranges may do what the most generous allows.
public final class AddressAccess implements ExportAccess {
  /// Stands for the Unix socket in place of a range.
  private static final String UNIX = "unix";

  private final List<Entry> entries;

  /// @param range nothing for the Unix socket
  private record Entry(Optional<AddressRange> range, Grants grants) {

    boolean holdsFor(Client client) {
      return range
          .map(addresses -> client.host().filter(addresses::contains).isPresent())
          .orElse(client.host().isEmpty());
    }
  }

  private AddressAccess(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /// Reads a file of lines `RANGE: EXPORT EXPORT:ro …`, with ranges as [AddressRange#parse] reads
  /// them, and `unix` for the Unix socket. Exports are as in [AccessList].
  ///
  /// @throws IOException if it cannot be read or a line is not of that form
  public static AddressAccess load(Path file) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Grants.Line line : Grants.load(file, "RANGE: EXPORT...")) {
      try {
        entries.add(
            new Entry(
                line.who().equals(UNIX)
                    ? Optional.empty()
                    : Optional.of(AddressRange.parse(line.who())),
                line.grants()));
      } catch (IllegalArgumentException e) {
        throw new IOException(
            "%s file=%s line=%d".formatted(e.getMessage(), file, line.number()), e);
      }
    }
    return new AddressAccess(entries);
  }

  @Override
  public Level level(Client client, String export) {
    return entries.stream()
        .filter(entry -> entry.holdsFor(client))
        .map(entry -> entry.grants().level(export))
        .max(Comparator.naturalOrder())
        .orElse(Level.NONE);
  }

  @Override
  public boolean knowsNames() {
    return false;
  }
}
