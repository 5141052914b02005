package dev.quarry.tiers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quarry.shaping.Limits;
import dev.quarry.shaping.VolumeParameterException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TierTest {
  private final Limits limits = Limits.of(Limits.Profile.Y2026);

  @ParameterizedTest
  @CsvSource({
    "gp2:100GiB, gp2:100GiB",
    "gp3:1TiB, gp3:1TiB",
    "'gp3:100g,iops=6000,throughput=250', 'gp3:100GiB,iops=6000,throughput=250'",
    "'io1:100GiB,iops=500', 'io1:100GiB,iops=500'",
    "ST1:2TiB, st1:2TiB",
  })
  void tier_isReadAndShown(String text, String shown) {
    assertEquals(shown, Tier.parse(text, limits).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"gp3", "gp3:", "gp3:10GiB,iops", "gp3:10GiB,speed=3", "gp3:10GiB,iops=-1"})
  void whatIsNoTier_isRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Tier.parse(text, limits));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gp9:1GiB", "st1:1GiB", "gp2:10GiB,iops=100", "io1:10GiB", "gp3:99TiB"})
  void whatEbsDoesNotHave_isRefusedInItsWords(String text) {
    assertThrows(VolumeParameterException.class, () -> Tier.parse(text, limits));
  }

  @Test
  void usualTiers_ofAnySize_areAllowed() {
    for (int gib : new int[] {1, 4, 125, 1024, 16_384, 16_385, 65_536}) {
      assertEquals(
          Tier.usual(gib, limits).size(),
          Tier.usual(gib, limits).stream()
              .map(t -> Tier.parse(t.toString(), limits))
              .distinct()
              .count());
    }
  }
}
