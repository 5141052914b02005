package dev.quarry.node;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A JSON object: what the control API and its clients send each other.
///
/// Jackson's streams with the least tree on top. Its own trees, of databind, take longer to load
/// than a command takes for everything else.
///
/// Not safe for use by many threads while it is filled. Values are texts, whole numbers, truths,
/// objects and lists of these; a null counts as absent.
public final class JsonObject {
  private static final int MAX_DEPTH = 16;

  private final Map<String, Object> members = new LinkedHashMap<>();

  /// Reads one object, and nothing after it.
  ///
  /// @throws IOException if that is not what the bytes are
  public static JsonObject parse(byte[] bytes) throws IOException {
    JsonFactory json =
        JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (JsonParser parser = json.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("it must be a JSON object");
      }
      JsonObject object = readObject(parser, 0);
      if (parser.nextToken() != null) {
        throw new IOException("something follows the JSON object");
      }
      return object;
    } catch (JsonProcessingException e) {
      throw new IOException("it is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static JsonObject readObject(JsonParser parser, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new IOException("it is nested too deep");
    }
    JsonObject object = new JsonObject();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      readValue(parser, depth).ifPresent(value -> object.members.put(name, value));
    }
    return object;
  }

  private static Optional<Object> readValue(JsonParser parser, int depth) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> Optional.of(readObject(parser, depth + 1));
      case START_ARRAY -> Optional.of(readList(parser, depth + 1));
      case VALUE_STRING -> Optional.of(parser.getText());
      case VALUE_NUMBER_INT -> Optional.of(parser.getLongValue());
      case VALUE_TRUE -> Optional.of(true);
      case VALUE_FALSE -> Optional.of(false);
      case VALUE_NULL -> Optional.empty();
      default -> throw new IOException("it holds a number that is not whole");
    };
  }

  private static List<Object> readList(JsonParser parser, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new IOException("it is nested too deep");
    }
    List<Object> list = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      readValue(parser, depth).ifPresent(list::add);
    }
    return list;
  }

  /// Sets a member.
  public JsonObject put(String name, String value) {
    members.put(name, value);
    return this;
  }

  /// Sets a member.
  public JsonObject put(String name, long value) {
    members.put(name, value);
    return this;
  }

  /// Sets a member.
  public JsonObject put(String name, boolean value) {
    members.put(name, value);
    return this;
  }

  /// Sets a member.
  public JsonObject put(String name, JsonObject value) {
    members.put(name, value);
    return this;
  }

  /// Sets a member to a list of texts or of objects.
  public JsonObject put(String name, List<?> values) {
    for (Object value : values) {
      if (!(value instanceof String) && !(value instanceof JsonObject)) {
        throw new IllegalArgumentException("not a text or an object name=" + name);
      }
    }
    members.put(name, List.copyOf(values));
    return this;
  }

  /// Sets a member to an object of texts.
  public JsonObject put(String name, Map<String, String> values) {
    JsonObject object = new JsonObject();
    values.forEach(object::put);
    return put(name, object);
  }

  /// The names of the members, in their order.
  public List<String> names() {
    return List.copyOf(members.keySet());
  }

  /// A member that is a text.
  public Optional<String> text(String name) {
    return member(name, String.class);
  }

  /// A member that is a whole number.
  public Optional<Long> number(String name) {
    return member(name, Long.class);
  }

  /// A member that is true or false.
  public Optional<Boolean> truth(String name) {
    return member(name, Boolean.class);
  }

  /// A member that is an object.
  public Optional<JsonObject> object(String name) {
    return member(name, JsonObject.class);
  }

  /// The objects in a member that is a list.
  public List<JsonObject> objects(String name) {
    return elements(name, JsonObject.class);
  }

  /// The texts in a member that is a list.
  public List<String> texts(String name) {
    return elements(name, String.class);
  }

  /// All members that are texts.
  public Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    members.forEach((name, value) -> {
      if (value instanceof String text) {
        texts.put(name, text);
      }
    });
    return texts;
  }

  /// Whether a member is there, of whatever kind.
  public boolean has(String name) {
    return members.containsKey(name);
  }

  private <T> Optional<T> member(String name, Class<T> type) {
    return type.isInstance(members.get(name))
        ? Optional.of(type.cast(members.get(name)))
        : Optional.empty();
  }

  private <T> List<T> elements(String name, Class<T> type) {
    return members.get(name) instanceof List<?> list
        ? list.stream().filter(type::isInstance).map(type::cast).toList()
        : List.of();
  }

  /// This object as UTF-8, indented for people, ended by a line feed.
  public byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator generator = new JsonFactory().createGenerator(out)) {
      DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
      printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
      generator.setPrettyPrinter(printer);
      write(generator, this);
      generator.writeRaw('\n');
    } catch (IOException e) {
      throw new AssertionError("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  /// This object in one line.
  public String line() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator generator = new JsonFactory().createGenerator(out)) {
      write(generator, this);
    } catch (IOException e) {
      throw new AssertionError("writing to memory failed", e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static void write(JsonGenerator generator, Object value) throws IOException {
    switch (value) {
      case String text -> generator.writeString(text);
      case Long number -> generator.writeNumber(number);
      case Boolean truth -> generator.writeBoolean(truth);
      case List<?> list -> {
        generator.writeStartArray();
        for (Object element : list) {
          write(generator, element);
        }
        generator.writeEndArray();
      }
      case JsonObject object -> {
        generator.writeStartObject();
        for (Map.Entry<String, Object> member : object.members.entrySet()) {
          generator.writeFieldName(member.getKey());
          write(generator, member.getValue());
        }
        generator.writeEndObject();
      }
      default -> throw new AssertionError("not a JSON value: " + value.getClass());
    }
  }

  /// The object in one line, as it is sent; whoever holds secrets in it does not print it.
  @Override
  public String toString() {
    return line();
  }
}
