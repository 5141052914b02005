package dev.quarry.shaping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class VolumeTypeTest {

  @ParameterizedTest
  @CsvSource({
    // type, boot, multi-attach, takes IOPS, needs IOPS, takes throughput
    "gp3, true, false, true, false, true",
    "gp2, true, false, false, false, false",
    "io2, true, true, true, true, false",
    "io1, true, true, true, true, false",
    "st1, false, false, false, false, false",
    "sc1, false, false, false, false, false",
    "standard, true, false, false, false, false",
    "unlimited, true, true, false, false, false",
  })
  void flags_ofEachType_areAsInTheMasterTable(
      String name,
      boolean boot,
      boolean multiAttach,
      boolean takesIops,
      boolean needsIops,
      boolean takesThroughput) {
    VolumeType type = VolumeType.parse(name);
    assertEquals(boot, type.bootable());
    assertEquals(multiAttach, type.multiAttach());
    assertEquals(takesIops, type.takesIops());
    assertEquals(needsIops, type.needsIops());
    assertEquals(takesThroughput, type.takesThroughput());
  }

  @ParameterizedTest
  @EnumSource
  void parse_nameInAnyCase_findsTheType(VolumeType type) {
    assertEquals(type, VolumeType.parse(type.apiName()));
    assertEquals(type, VolumeType.parse(type.name()));
  }

  @Test
  void parse_unknownName_isRefusedInTheWordsOfEbs() {
    var e = assertThrows(VolumeParameterException.class, () -> VolumeType.parse("gp4"));
    assertEquals("UnknownVolumeType", e.code());
    assertEquals("Unsupported volume type 'gp4' for volume creation.", e.getMessage());
  }

  @Test
  void defaultType_asInTheApi_isGp2() {
    assertEquals(VolumeType.GP2, VolumeType.DEFAULT);
  }
}
