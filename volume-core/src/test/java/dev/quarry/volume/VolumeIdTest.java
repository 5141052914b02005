package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VolumeIdTest {

  @Test
  void generate_manyTimes_differAndParse() {
    Random random = new Random(1);
    Set<VolumeId> ids = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      VolumeId id = VolumeId.generate(random);
      assertEquals(id, VolumeId.parse(id.toString()));
      ids.add(id);
    }
    assertEquals(10_000, ids.size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "vol-",
        "vol-0123456789abcdef",
        "vol-0123456789abcdef01",
        "vol-0123456789ABCDEF0",
        "vol-0123456789abcdefg",
        "snap-0123456789abcdef0",
        "vol-0123456789abcdef0\n",
        "../0123456789abcdef0"
      })
  void parse_malformed_namesTheCode(String text) {
    var e = assertThrows(ControlException.Invalid.class, () -> VolumeId.parse(text));
    assertEquals("InvalidVolumeID.Malformed", e.code());
  }
}
