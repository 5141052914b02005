package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class TagsTest {

  @Test
  void checked_atTheLimits_keepsAllInOrder() {
    Map<String, String> tags = new TreeMap<>();
    for (int i = 0; i < 48; i++) {
      tags.put("key" + i, "");
    }
    tags.put("k".repeat(127), "v".repeat(256));
    tags.put("awsome", "x");
    assertEquals(50, tags.size());
    assertEquals(List.copyOf(tags.keySet()), List.copyOf(Tags.checked(tags).keySet()));
  }

  @Test
  void checked_overTheLimits_namesTheCode() {
    Map<String, String> tooMany = new TreeMap<>();
    for (int i = 0; i < 51; i++) {
      tooMany.put("key" + i, "");
    }
    assertCode("TagLimitExceeded", tooMany);
    assertCode("InvalidParameterValue", Map.of("", "x"));
    assertCode("InvalidParameterValue", Map.of("k".repeat(128), "x"));
    assertCode("InvalidParameterValue", Map.of("k", "v".repeat(257)));
    assertCode("InvalidParameterValue", Map.of("aws:k", "v"));
    assertCode("InvalidParameterValue", Map.of("AWS:k", "v"));
  }

  private static void assertCode(String code, Map<String, String> tags) {
    assertEquals(
        code, assertThrows(ControlException.Invalid.class, () -> Tags.checked(tags)).code());
  }
}
