package dev.quarry.node;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What follows the question mark of a request: `name=value`, joined by `&`. As strict as
/// [Parameters].
final class Query {
  private final Map<String, String> values;

  private Query(Map<String, String> values) {
    this.values = values;
  }

  /// Reads a query.
  ///
  /// @param raw as it was sent, empty if there was none
  /// @param known the names that the request takes
  /// @throws ApiException if another one is there, or one twice
  static Query of(String raw, List<String> known) {
    Map<String, String> values = new HashMap<>();
    for (String pair : raw.isEmpty() ? new String[0] : raw.split("&", -1)) {
      int equals = Math.max(0, pair.indexOf('='));
      String name = decoded(pair.substring(0, equals));
      if (!known.contains(name)) {
        throw new ApiException(
            400,
            "UnknownParameter",
            "the request has a parameter that is not known unknown=%s known=%s"
                .formatted(pair, known));
      }
      if (values.put(name, decoded(pair.substring(equals + 1))) != null) {
        throw ApiException.malformed("a parameter is there twice name=" + name);
      }
    }
    return new Query(values);
  }

  /// A text that may be there.
  Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /// A whole number from 1 on that may be there.
  Optional<Long> count(String name) {
    Optional<String> text = Optional.ofNullable(values.get(name));
    try {
      Optional<Long> number = text.map(Long::parseLong);
      if (number.isEmpty() || number.get() >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw ApiException.malformed("a parameter must be a whole number from 1 on name=" + name);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
