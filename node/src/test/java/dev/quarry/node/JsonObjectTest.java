package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonObjectTest {

  @Test
  void parse_object_givesMembersByKind() throws Exception {
    JsonObject json =
        parse(
            """
            {"text": "a\\n\\u00e4", "number": 70368744177664, "yes": true, "nothing": null,
             "object": {"k": "v", "n": 1}, "list": ["x", {"id": "y"}, 3]}
            """);
    assertEquals(Optional.of("a\nä"), json.text("text"));
    assertEquals(Optional.of(70368744177664L), json.number("number"));
    assertEquals(Optional.of(true), json.truth("yes"));
    assertEquals(Optional.empty(), json.truth("text"));
    assertEquals(Map.of("k", "v"), json.object("object").orElseThrow().texts());
    assertEquals(List.of("x"), json.texts("list"));
    assertEquals(Optional.of("y"), json.objects("list").getFirst().text("id"));
    assertTrue(json.has("yes"));
    assertFalse(json.has("nothing"));
  }

  @Test
  void members_ofAnotherKind_areNotThere() throws Exception {
    JsonObject json = parse("{\"number\": 1, \"text\": \"1\"}");
    assertEquals(Optional.empty(), json.text("number"));
    assertEquals(Optional.empty(), json.number("text"));
    assertEquals(Optional.empty(), json.object("text"));
    assertEquals(List.of(), json.texts("text"));
  }

  @Test
  void numbers_wholeOrNot_areToldApart() throws Exception {
    JsonObject json = parse("{\"whole\": 3, \"half\": 2.5, \"true\": true}");
    assertEquals(Optional.of(3L), json.number("whole"));
    assertEquals(Optional.of(3.0), json.decimal("whole"));
    assertEquals(Optional.of(2.5), json.decimal("half"));
    assertEquals(Optional.empty(), json.number("half"));
    assertEquals(Optional.of(true), json.truth("true"));
    assertEquals(json.line(), parse(json.line()).line());
    assertThrows(IllegalArgumentException.class, () -> json.put("none", Double.NaN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "1",
        "{",
        "{\"a\":}",
        "{\"a\":1} x",
        "{\"a\":1}{}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1e400}",
        "{\"a\":NaN}",
        "{\"a\":99999999999999999999}",
        "{a:1}",
        "{'a':1}",
      })
  void parse_anythingElse_isRefused(String text) {
    assertThrows(IOException.class, () -> parse(text));
  }

  @Test
  void parse_nestedWithoutEnd_isRefused() {
    assertThrows(IOException.class, () -> parse("{\"a\":".repeat(900)));
    assertThrows(IOException.class, () -> parse("{\"a\":" + "[".repeat(900)));
  }

  @Test
  void bytes_ofAnObject_areReadBackAsIt() throws Exception {
    JsonObject json =
        new JsonObject()
            .put("text", "\"\\ \u0000 ä 🙂")
            .put("number", Long.MIN_VALUE)
            .put("list", List.of("a", new JsonObject().put("b", 1)))
            .put("tags", Map.of("k", "v"));
    assertEquals(json.line(), JsonObject.parse(json.bytes()).line());
    assertEquals(json.line(), parse(json.line()).line());
    assertFalse(json.line().contains("\n"));
  }

  @Test
  void put_listOfOtherThings_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new JsonObject().put("list", List.of(1.5)));
  }

  private static JsonObject parse(String text) throws IOException {
    return JsonObject.parse(text.getBytes(StandardCharsets.UTF_8));
  }
}
