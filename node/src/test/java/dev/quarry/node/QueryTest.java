package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class QueryTest {
  private static final List<String> KNOWN = List.of("from", "limit");

  @Test
  void of_knownNames_givesTheirNumbers() {
    Query query = Query.of("limit=50&fr%6Fm=9223372036854775807", KNOWN);
    assertEquals(Optional.of(50L), query.count("limit"));
    assertEquals(Optional.of(Long.MAX_VALUE), query.count("from"));
    assertEquals(Optional.empty(), Query.of("", KNOWN).count("from"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"form=1", "from", "=1", "&", "from=1&", "from=1&from=1", "FROM=1"})
  void of_anythingElse_isRefused(String raw) {
    assertThrows(ApiException.class, () -> Query.of(raw, KNOWN));
  }

  @ParameterizedTest
  @ValueSource(strings = {"from=", "from=0", "from=-1", "from=1.5", "from=9223372036854775808"})
  void count_otherThanANumberFromOneOn_isRefused(String raw) {
    Query query = Query.of(raw, KNOWN);
    assertThrows(ApiException.class, () -> query.count("from"));
  }
}
