package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RouteTest {
  private final Route route =
      new Route("GET", "/v1/volumes/{volume}/tags/{key}", _ -> ApiReply.ok(new JsonObject()));

  @Test
  void match_samePath_givesItsOpenParts() {
    assertEquals(
        Optional.of(Map.of("volume", "vol-1", "key", "a b")),
        route.match("/v1/volumes/vol-1/tags/a%20b"));
  }

  @Test
  void match_encodedCharacters_areDecodedWithinTheirPart() {
    assertEquals(
        Optional.of(Map.of("volume", "a/b", "key", "1+1 ä")),
        route.match("/v1/%76olumes/a%2Fb/tags/1+1%20%C3%A4"));
  }

  @Test
  void match_otherPaths_isNothing() {
    assertEquals(Optional.empty(), route.match("/v1/volumes/vol-1/tags"));
    assertEquals(Optional.empty(), route.match("/v1/volumes/vol-1/tags/a/b"));
    assertEquals(Optional.empty(), route.match("/v2/volumes/vol-1/tags/a"));
    assertEquals(Optional.empty(), route.match("/v1/volumes/vol-1/tags/a/"));
    assertEquals(Optional.empty(), route.match("/v1/volumes//tags/a"));
    assertEquals(Optional.empty(), route.match(""));
  }
}
