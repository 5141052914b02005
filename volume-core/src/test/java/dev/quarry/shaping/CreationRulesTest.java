package dev.quarry.shaping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.quarry.shaping.Limits.Profile;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class CreationRulesTest {
  private static final Limits NOW = Limits.of(Profile.Y2026);
  private static final Limits CLASSIC = Limits.of(Profile.Y2023);

  static Stream<Arguments> refusals() {
    VolumeRequest noSize =
        new VolumeRequest(
            OptionalInt.empty(), VolumeType.GP2, OptionalInt.empty(), OptionalInt.empty(), false);
    return Stream.of(
        arguments(
            NOW,
            noSize,
            "MissingParameter",
            "The request must contain the parameter size/snapshot"),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.IO1, 100),
            "InvalidParameterCombination",
            "The parameter iops must be specified for io1 volumes."),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.IO2, 100),
            "InvalidParameterCombination",
            "The parameter iops must be specified for io2 volumes."),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.GP2, 100).withIops(3000),
            "InvalidParameterCombination",
            "The parameter iops is not supported for gp2 volumes."),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.ST1, 500).withIops(3000),
            "InvalidParameterCombination",
            "The parameter iops is not supported for st1 volumes."),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.UNLIMITED, 1).withIops(3000),
            "InvalidParameterCombination",
            "The parameter iops is not supported for unlimited volumes."),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.IO1, 100).withIops(100).withThroughput(125),
            "InvalidParameterCombination",
            "The throughput parameter is not supported for io1 volumes."),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.GP3, 100).shared(),
            "InvalidParameterCombination",
            "The parameter multi-attach-enabled is not supported for gp3 volumes."),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.GP3, 1000).withIops(80_001),
            "InvalidParameterValue",
            "Volume iops of 80001 is too high; maximum is 80000."),
        arguments(
            CLASSIC,
            VolumeRequest.of(VolumeType.GP3, 1000).withIops(16_001),
            "InvalidParameterValue",
            "Volume iops of 16001 is too high; maximum is 16000."),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.IO1, 2000).withIops(64_001),
            "InvalidParameterValue",
            "Volume iops of 64001 is too high; maximum is 64000."),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.GP3, 1000).withIops(99),
            "InvalidParameterValue",
            "Volume iops of 99 is too low; minimum is 100."),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.IO2, 1000).withIops(99),
            "InvalidParameterValue",
            "Volume iops of 99 is too low; minimum is 100."),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.GP3, 20).withIops(15_000),
            "InvalidParameterValue",
            "Iops to volume size ratio of 750.000000 is too high; maximum is 500"),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.IO1, 100).withIops(5_001),
            "InvalidParameterValue",
            "Iops to volume size ratio of 50.010000 is too high; maximum is 50"),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.IO2, 256).withIops(256_001),
            "InvalidParameterCombination",
            "io2 volumes configured with greater than 64 TiB or 256K IOPS or 1000:1 IOPS:GB ratio"
                + " are not supported"),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.IO2, 10).withIops(10_001),
            "InvalidParameterCombination",
            "io2 volumes configured with greater than 64 TiB or 256K IOPS or 1000:1 IOPS:GB ratio"
                + " are not supported"),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.IO2, 65_537).withIops(100),
            "InvalidParameterCombination",
            "io2 volumes configured with greater than 64 TiB or 256K IOPS or 1000:1 IOPS:GB ratio"
                + " are not supported"),
        arguments(
            CLASSIC,
            VolumeRequest.of(VolumeType.IO2, 10).withIops(5_001),
            "InvalidParameterCombination",
            "io2 volumes configured with greater than 16 TiB or 64K IOPS or 500:1 IOPS:GB ratio"
                + " are not supported"),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.GP3, 100).withThroughput(1_000),
            "InvalidParameterValue",
            "Throughput (MiBps) to iops ratio of 0.333333 is too high; maximum is 0.250000 MiBps"
                + " per iops"),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.GP3, 1000).withIops(80_000).withThroughput(2_001),
            "InvalidParameterValue",
            "Volume throughput of 2001 is too high; maximum is 2000."),
        arguments(
            CLASSIC,
            VolumeRequest.of(VolumeType.GP3, 1000).withIops(16_000).withThroughput(1_001),
            "InvalidParameterValue",
            "Volume throughput of 1001 is too high; maximum is 1000."),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.GP2, 16_385),
            "InvalidParameterValue",
            "Volume of 16385GiB is too large for volume type gp2; maximum is 16384GiB"),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.STANDARD, 1_025),
            "InvalidParameterValue",
            "Volume of 1025GiB is too large for volume type standard; maximum is 1024GiB"),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.ST1, 124),
            "InvalidParameterValue",
            "The volume size is invalid for st1 volumes: 124 GiB. st1 volumes must be at least 125"
                + " GiB in size. Please specify a volume size above the minimum limit."),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.IO1, 3).withIops(100),
            "InvalidParameterValue",
            "The volume size is invalid for io1 volumes: 3 GiB. io1 volumes must be at least 4 GiB"
                + " in size. Please specify a volume size above the minimum limit."),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.GP3, 0),
            "InvalidParameterValue",
            "The volume size is invalid for gp3 volumes: 0 GiB. gp3 volumes must be at least 1 GiB"
                + " in size. Please specify a volume size above the minimum limit."),
        arguments(
            NOW,
            VolumeRequest.of(VolumeType.GP3, 10).withIops(-1),
            "InvalidParameterValue",
            "Value (-1) for parameter iops is invalid. Value must be a positive integer."));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void check_whatEbsRefuses_isRefusedInItsWords(
      Limits limits, VolumeRequest request, String code, String message) {
    var e = assertThrows(VolumeParameterException.class, () -> limits.check(request));
    assertEquals(message, e.getMessage());
    assertEquals(code, e.code());
  }

  @ParameterizedTest
  @CsvSource({
    // asked for and given: IOPS, MiB/s
    "100, 125, 3000, 125",
    "2999, 125, 3000, 125",
    "3000, 750, 3000, 750",
    "3001, 1, 3001, 125",
    "16000, 1000, 16000, 1000",
  })
  void check_gp3BelowItsBaseline_isRaisedToIt(int iops, int mibps, int givenIops, int givenMibps) {
    VolumeSpec spec =
        NOW.check(VolumeRequest.of(VolumeType.GP3, 100).withIops(iops).withThroughput(mibps));
    assertEquals(new Provisioned.Gp3(givenIops, givenMibps), spec.provisioned());
  }

  @Test
  void check_gp3BaselineOnATinyVolume_isNotHeldToTheRatio() {
    VolumeSpec spec = NOW.check(VolumeRequest.of(VolumeType.GP3, 1).withIops(3_000));
    assertEquals(new VolumeSpec(1, new Provisioned.Gp3(3_000, 125), false), spec);
  }

  @Test
  void check_sharedProvisionedIops_isAllowed() {
    VolumeSpec spec = NOW.check(VolumeRequest.of(VolumeType.IO2, 100).withIops(1_000).shared());
    assertEquals(new VolumeSpec(100, new Provisioned.Io2(1_000), true), spec);
  }

  /// How the Kubernetes driver learns the limits: it asks for too much and reads the number.
  @ParameterizedTest
  @CsvSource({"gp3, 80000", "io1, 64000", "io2, 256"})
  void check_probeOfTheKubernetesDriver_namesTheLimit(String name, int limit) {
    Pattern range =
        Pattern.compile("volume iops.*is too high.*maximum is (\\d+)", Pattern.CASE_INSENSITIVE);
    Pattern io2 = Pattern.compile("(\\d+)K IOPS", Pattern.CASE_INSENSITIVE);
    VolumeRequest probe = VolumeRequest.of(VolumeType.parse(name), 4).withIops(Integer.MAX_VALUE);
    var e = assertThrows(VolumeParameterException.class, () -> NOW.check(probe));
    Matcher matcher = (name.equals("io2") ? io2 : range).matcher(e.getMessage());
    assertTrue(matcher.find());
    assertEquals(limit, Integer.parseInt(matcher.group(1)));
  }

  @Test
  void spec_thatCannotBe_isRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new VolumeSpec(0, new Provisioned.Gp2(), false));
    assertThrows(
        IllegalArgumentException.class, () -> new VolumeSpec(1, new Provisioned.Gp2(), true));
    assertThrows(IllegalArgumentException.class, () -> new Provisioned.Gp3(0, 125));
    assertThrows(IllegalArgumentException.class, () -> new Provisioned.Io1(-1));
  }
}
