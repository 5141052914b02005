package dev.quarry.tiers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.shaping.Limits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PriceTableTest {
  private final Limits limits = Limits.of(Limits.Profile.Y2026);

  @ParameterizedTest
  @CsvSource({
    "'gp2:100GiB', 10",
    "'gp3:100GiB', 8",
    "'gp3:100GiB,iops=6000,throughput=250', 28", // 8 + 3,000 × 0.005 + 125 × 0.04
    "'io1:100GiB,iops=1000', 77.5",
    "'io2:100GiB,iops=1000', 77.5",
    "'io2:100GiB,iops=100000', 4716.5", // 12.5 + 32,000 × 0.065 + 32,000 × 0.046 + 36,000 × 0.032
    "'st1:1TiB', 46.08",
    "'sc1:1TiB', 15.36",
    "'standard:100GiB', 5.05", // with a million requests
  })
  void builtIn_eachType_costsWhatThePagesSay(String tier, double dollars) {
    double monthly =
        PriceTable.builtIn().monthly(Tier.parse(tier, limits), 1_000_000).orElseThrow();
    assertEquals(dollars, monthly, 0.001);
  }

  @Test
  void ownTable_isUsed() {
    PriceTable own =
        PriceTable.parse("region = here # ours\nas-of = today\nsource = a friend\n\ngp3.gib = 1");
    assertEquals(10, own.monthly(Tier.parse("gp3:10GiB", limits), 0).orElseThrow());
    assertEquals("here, as of today; a friend", own.origin());
    assertTrue(own.monthly(Tier.parse("gp2:10GiB", limits), 0).isEmpty(), "no price, no guess");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gp3.gib", "gp3.gib = much", "gp3.gib = -1", "gp3.size = 1", "= 2"})
  void badLine_isToldWithItsNumber(String line) {
    var e = assertThrows(IllegalArgumentException.class, () -> PriceTable.parse("\n" + line));
    assertTrue(e.getMessage().startsWith("line 2: "), e.getMessage());
  }
}
