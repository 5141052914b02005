package dev.quarry.nbd;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Which metadata contexts a client's queries mean ("Metadata querying"). Queries that mean none
/// are ignored, as the protocol wants it.
final class ContextNames {

  private ContextNames() {}

  /// What there is, `base:allocation` first.
  ///
  /// @param more what an export has beside that
  static List<String> all(List<String> more) {
    Set<String> names = new LinkedHashSet<>();
    names.add(AllocationContext.NAME);
    names.addAll(more);
    return List.copyOf(names);
  }

  /// What is listed: all without a query, all of a namespace for `namespace:`.
  static List<String> listed(List<String> all, List<String> queries) {
    return all.stream()
        .filter(name -> queries.isEmpty() || queries.stream().anyMatch(q -> lists(q, name)))
        .toList();
  }

  /// What is chosen: each context that is named, once.
  static List<String> chosen(List<String> all, List<String> queries) {
    return all.stream().filter(queries::contains).toList();
  }

  private static boolean lists(String query, String name) {
    int colon = query.indexOf(':');
    boolean wildcard = colon >= 0 && colon == query.length() - 1;
    return wildcard ? name.startsWith(query) : name.equals(query);
  }
}
