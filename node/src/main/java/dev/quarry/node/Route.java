package dev.quarry.node;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One line of the control API.
///
/// @param method the HTTP method
/// @param path its path; a part in braces, `{volume}`, stands for any text without a slash that is
///   not empty
/// @param handler what answers
record Route(String method, String path, Handler handler) {

  /// Answers requests of one route; called by many threads at a time.
  @FunctionalInterface
  interface Handler {
    ApiReply answer(ApiRequest request);
  }

  /// The open parts of this route's path in `asked`, or nothing if that is another path.
  ///
  /// @param asked as it was sent: what is encoded in it, such as a slash within a part, is decoded
  ///   part by part
  Optional<Map<String, String>> match(String asked) {
    List<String> mine = parts(path);
    List<String> theirs = parts(asked);
    if (mine.size() != theirs.size()) {
      return Optional.empty();
    }
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < mine.size(); i++) {
      String part = mine.get(i);
      if (part.startsWith("{") && !theirs.get(i).isEmpty()) {
        variables.put(part.substring(1, part.length() - 1), decoded(theirs.get(i)));
      } else if (!part.equals(decoded(theirs.get(i)))) {
        return Optional.empty();
      }
    }
    return Optional.of(variables);
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static List<String> parts(String path) {
    return Arrays.asList(path.split("/", -1));
  }
}
