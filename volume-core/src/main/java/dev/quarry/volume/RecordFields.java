package dev.quarry.volume;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

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
    return find(name).isEmpty() ? OptionalInt.empty() : OptionalInt.of(smallNumber(name));
  }

  /// A number from 0 to 2^31 - 1.
  int smallNumber(String name) {
    long number = number(name);
    if (number < 0 || number > Integer.MAX_VALUE) {
      throw bad(name, "in range");
    }
    return (int) number;
  }

  /// Whether something is so; not, if there is no such member.
  boolean flag(String name) {
    Optional<JsonNode> node = find(name);
    if (node.isPresent() && !node.get().isBoolean()) {
      throw bad(name, "true or false");
    }
    return node.isPresent() && node.get().booleanValue();
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

  RecordFields object(String name) {
    return optionalObject(name).orElseThrow(() -> missing(name));
  }

  List<RecordFields> objects(String name) {
    JsonNode node = find(name).orElseThrow(() -> missing(name));
    if (!node.isArray()) {
      throw bad(name, "an array");
    }
    return StreamSupport.stream(node.spliterator(), false).map(RecordFields::new).toList();
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
