package dev.quarry.nbd;

import java.util.List;
import java.util.Optional;

/// What a server serves: the seam to whoever owns the devices.
///
/// Any connection's thread may call any method at any time. [#list] and [#find] answer from memory
/// and open nothing; [#attach] may take its time.
public interface Exports {

  /// The exports to show to a client that asks for a list.
  List<ExportInfo> list();

  /// The export that a client means by a name. The empty name asks for the default export; the
  /// answer then carries the name it has otherwise.
  ///
  /// @throws ExportException if there is more to say than that there is none
  Optional<ExportInfo> find(String name) throws ExportException;

  /// The names of the metadata contexts that an export has beside `base:allocation`, as
  /// `namespace:leaf`. What is named here, [Attachment#contexts] has, unless it is gone meanwhile.
  ///
  /// @param name what the client asked for, as in [#find]
  default List<String> contexts(String name) {
    return List.of();
  }

  /// Opens an export for one connection.
  ///
  /// @param name what the client asked for, as in [#find]
  /// @throws ExportException if the client cannot have it
  Attachment attach(String name, Client client) throws ExportException;
}
