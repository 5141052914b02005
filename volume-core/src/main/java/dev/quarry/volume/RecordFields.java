package dev.quarry.volume;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/// The members of a JSON object, read strictly: each has the kind it must have, and those that
/// nobody asked for are an error. What is wrong is told by IllegalArgumentException.
final class RecordFields {
  private final JsonNode object;
  private final Set<String> asked = new HashSet<>();

  RecordFields(JsonNode object) {
    if (!object.isObject()) {
      throw new IllegalArgumentException("not an object");
    }
    this.object = object;
  }

  String text(String name) {
    return optionalText(name).orElseThrow(() -> missing(name));
  }

  Optional<String> optionalText(String name) {
    return find(name).map(node -> text(name, node));
  }

  long number(String name) {
    JsonNode node = find(name).orElseThrow(() -> missing(name));
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw bad(name, "a whole number");
    }
    return node.longValue();
  }

  OptionalInt optionalInt(String name) {
    if (find(name).isEmpty()) {
      return OptionalInt.empty();
    }
    long number = number(name);
    if (number < 0 || number > Integer.MAX_VALUE) {
      throw bad(name, "in range");
    }
    return OptionalInt.of((int) number);
  }

  Instant instant(String name) {
    try {
      return Instant.parse(text(name));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("member is no time name=" + name, e);
    }
  }

  byte[] bytes(String name) {
    return Base64.getDecoder().decode(text(name));
  }

  Map<String, String> texts(String name) {
    JsonNode node = find(name).orElseThrow(() -> missing(name));
    if (!node.isObject()) {
      throw bad(name, "an object");
    }
    Map<String, String> texts = new TreeMap<>();
    node.properties().forEach(entry -> texts.put(entry.getKey(), text(name, entry.getValue())));
    return texts;
  }

  Optional<RecordFields> optionalObject(String name) {
    return find(name).map(RecordFields::new);
  }

  void checkNoMore() {
    object
        .fieldNames()
        .forEachRemaining(name -> {
          if (!asked.contains(name)) {
            throw new IllegalArgumentException("unknown member name=" + name);
          }
        });
  }

  private Optional<JsonNode> find(String name) {
    asked.add(name);
    return Optional.ofNullable(object.get(name));
  }

  private static String text(String name, JsonNode node) {
    if (!node.isTextual()) {
      throw bad(name, "text");
    }
    return node.textValue();
  }

  private static IllegalArgumentException missing(String name) {
    return new IllegalArgumentException("missing member name=" + name);
  }

  private static IllegalArgumentException bad(String name, String expected) {
    return new IllegalArgumentException("member is not " + expected + " name=" + name);
  }
}
