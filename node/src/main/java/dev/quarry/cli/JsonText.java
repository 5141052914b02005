package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.util.Map;
import java.util.stream.Collectors;

/// Members of the node's answers as text for people.
final class JsonText {
  /// What stands where there is nothing to say.
  static final String NONE = "-";

  private JsonText() {}

  static String text(JsonObject json, String name) {
    return json.text(name).filter(text -> !text.isEmpty()).orElse(NONE);
  }

  /// A number; 0 if there is none.
  static long number(JsonObject json, String name) {
    return json.number(name).orElse(0L);
  }

  /// Tags by their keys.
  static String tags(JsonObject json) {
    Map<String, String> tags = json.object("tags").map(JsonObject::texts).orElse(Map.of());
    return tags.isEmpty()
        ? NONE
        : tags.entrySet().stream()
            .map(tag -> tag.getKey() + "=" + tag.getValue())
            .sorted()
            .collect(Collectors.joining(","));
  }
}
