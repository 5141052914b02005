package dev.quarry.shaping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.quarry.shaping.Limits.Profile;
import dev.quarry.shaping.ModificationRules.Use;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ModificationRulesTest {
  private static final Use DETACHED = new Use(false, false);
  private static final Use ATTACHED = new Use(true, false);
  private static final Use BOOT = new Use(false, true);
  private static final VolumeSpec GP2 = new VolumeSpec(500, new Provisioned.Gp2(), false);
  private static final VolumeSpec GP3 = new VolumeSpec(500, new Provisioned.Gp3(6_000, 300), false);
  private static final VolumeSpec IO1 = new VolumeSpec(500, new Provisioned.Io1(6_000), false);
  private static final VolumeSpec IO1_SHARED =
      new VolumeSpec(500, new Provisioned.Io1(6_000), true);
  private static final VolumeSpec IO2 = new VolumeSpec(500, new Provisioned.Io2(6_000), false);
  private static final VolumeSpec IO2_SHARED =
      new VolumeSpec(500, new Provisioned.Io2(6_000), true);
  private static final VolumeSpec ST1 = new VolumeSpec(500, new Provisioned.St1(), false);

  private final ModificationRules rules = new ModificationRules(Limits.of(Profile.Y2026));

  static ModifyRequest to(VolumeType type) {
    return ModifyRequest.none().withType(type);
  }

  static Stream<Arguments> results() {
    return Stream.of(
        // the example of the guide: 500 GiB of gp2
        arguments(GP2, to(VolumeType.GP3), 500, new Provisioned.Gp3(3_000, 250)),
        arguments(gp2(100), to(VolumeType.GP3), 100, new Provisioned.Gp3(3_000, 128)),
        arguments(gp2(2_000), to(VolumeType.GP3), 2_000, new Provisioned.Gp3(6_000, 250)),
        arguments(gp2(16_384), to(VolumeType.GP3), 16_384, new Provisioned.Gp3(16_000, 250)),
        arguments(GP2, to(VolumeType.GP3).withIops(5_000), 500, new Provisioned.Gp3(5_000, 250)),
        arguments(
            GP2, to(VolumeType.GP3).withThroughput(125), 500, new Provisioned.Gp3(3_000, 125)),
        arguments(GP2, to(VolumeType.IO1), 500, new Provisioned.Io1(3_000)),
        arguments(GP2, to(VolumeType.IO2), 500, new Provisioned.Io2(3_000)),
        arguments(IO1, to(VolumeType.IO2), 500, new Provisioned.Io2(3_000)),
        arguments(IO1, to(VolumeType.GP3), 500, new Provisioned.Gp3(3_000, 125)),
        arguments(ST1, to(VolumeType.GP3), 500, new Provisioned.Gp3(3_000, 125)),
        arguments(GP3, to(VolumeType.GP2), 500, new Provisioned.Gp2()),
        arguments(GP3, to(VolumeType.ST1), 500, new Provisioned.St1()),
        arguments(GP3, to(VolumeType.UNLIMITED), 500, new Provisioned.Unlimited()),
        // of the same type, what is not named stays
        arguments(GP3, to(VolumeType.GP3), 500, new Provisioned.Gp3(6_000, 300)),
        arguments(GP3, ModifyRequest.none().withSize(600), 600, new Provisioned.Gp3(6_000, 300)),
        arguments(GP3, ModifyRequest.none().withIops(4_000), 500, new Provisioned.Gp3(4_000, 300)),
        arguments(
            GP3, ModifyRequest.none().withThroughput(125), 500, new Provisioned.Gp3(6_000, 125)),
        arguments(IO1, ModifyRequest.none().withSize(501), 501, new Provisioned.Io1(6_000)),
        arguments(IO2, ModifyRequest.none().withIops(100), 500, new Provisioned.Io2(100)),
        // a request that changes nothing is granted
        arguments(GP2, ModifyRequest.none().withSize(500), 500, new Provisioned.Gp2()));
  }

  @ParameterizedTest
  @MethodSource("results")
  void target_ofARequest_carriesOverWhatIsNotNamed(
      VolumeSpec current, ModifyRequest request, int sizeGib, Provisioned provisioned) {
    assertEquals(
        new VolumeSpec(sizeGib, provisioned, false), rules.target(current, ATTACHED, request));
  }

  static Stream<Arguments> shared() {
    return Stream.of(
        arguments(IO2, DETACHED, ModifyRequest.none().withMultiAttach(true), true),
        arguments(IO2_SHARED, DETACHED, ModifyRequest.none().withMultiAttach(false), false),
        arguments(IO2_SHARED, ATTACHED, ModifyRequest.none().withIops(7_000), true),
        arguments(IO2_SHARED, ATTACHED, ModifyRequest.none().withSize(600), true),
        arguments(
            IO2_SHARED, ATTACHED, ModifyRequest.none().withSize(600).withMultiAttach(true), true));
  }

  @ParameterizedTest
  @MethodSource("shared")
  void target_ofASharedIo2_maySetFiguresAndWhileDetachedTheFeature(
      VolumeSpec current, Use use, ModifyRequest request, boolean shared) {
    assertEquals(shared, rules.target(current, use, request).multiAttach());
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        arguments(
            GP2,
            ATTACHED,
            ModifyRequest.none(),
            "InvalidParameterValue",
            "Invalid input: Must specify at least one of size, type, iops, throughput or"
                + " multi-attach."),
        arguments(
            GP2,
            ATTACHED,
            ModifyRequest.none().withSize(499),
            "InvalidParameterValue",
            "New size cannot be smaller than existing size"),
        arguments(
            GP2,
            ATTACHED,
            ModifyRequest.none().withIops(4_000),
            "InvalidParameterCombination",
            "The parameter iops is not supported for gp2 volumes."),
        arguments(
            gp2(10),
            ATTACHED,
            to(VolumeType.IO1),
            "InvalidParameterValue",
            "Iops to volume size ratio of 300.000000 is too high; maximum is 50"),
        arguments(
            gp2(100),
            ATTACHED,
            to(VolumeType.ST1),
            "InvalidParameterValue",
            "The volume size is invalid for st1 volumes: 100 GiB. st1 volumes must be at least 125"
                + " GiB in size. Please specify a volume size above the minimum limit."),
        arguments(
            GP2,
            BOOT,
            to(VolumeType.ST1),
            "InvalidParameterCombination",
            "A boot volume cannot be modified to st1."),
        arguments(
            GP2,
            BOOT,
            to(VolumeType.SC1),
            "InvalidParameterCombination",
            "A boot volume cannot be modified to sc1."),
        arguments(
            IO1_SHARED,
            DETACHED,
            ModifyRequest.none().withSize(600),
            "InvalidParameterValue",
            "io1 volumes with Multi-Attach enabled do not support modify-volume actions. Please"
                + " review the EBS technical documentation for information on the Multi-Attach"
                + " limitations and considerations."),
        arguments(
            IO1,
            DETACHED,
            ModifyRequest.none().withMultiAttach(true),
            "InvalidParameterCombination",
            "Multi-Attach cannot be modified for io1 volumes."),
        arguments(
            IO2,
            ATTACHED,
            ModifyRequest.none().withMultiAttach(true),
            "IncorrectState",
            "Multi-Attach can be modified only while the volume is detached."),
        arguments(
            IO2_SHARED,
            DETACHED,
            to(VolumeType.IO1),
            "InvalidParameterCombination",
            "The type of io2 volumes with Multi-Attach enabled cannot be modified."),
        arguments(
            GP3,
            DETACHED,
            ModifyRequest.none().withMultiAttach(true),
            "InvalidParameterCombination",
            "The parameter multi-attach-enabled is not supported for gp3 volumes."));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void target_ofARequestAgainstTheRules_isRefused(
      VolumeSpec current, Use use, ModifyRequest request, String code, String message) {
    var e = assertThrows(VolumeParameterException.class, () -> rules.target(current, use, request));
    assertEquals(message, e.getMessage());
    assertEquals(code, e.code());
  }

  private static VolumeSpec gp2(int gib) {
    return new VolumeSpec(gib, new Provisioned.Gp2(), false);
  }
}
