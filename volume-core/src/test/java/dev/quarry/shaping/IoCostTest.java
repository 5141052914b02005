package dev.quarry.shaping;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IoCostTest {
  private static final long KIB = 1024;

  /// Counts requests one after the other, as a connection does.
  private static final class Meter {
    private final IoCost cost;
    private long window = IoCost.NO_WINDOW;
    private long operations;
    private long sectors;

    Meter(IoCost cost) {
      this.cost = cost;
    }

    Meter count(boolean write, long offset, long length) {
      operations += cost.operations(window, write, offset, length);
      sectors += cost.sectors(window, write, offset, length);
      window = cost.next(window, write, offset, length);
      return this;
    }

    Meter read(long offset, long length) {
      return count(false, offset, length);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // medium, requests, KiB each, KiB from one to the next, I/Os, KiB paid
    "SOLID_STATE, 1, 1024, 0, 4, 1024",
    "SOLID_STATE, 8, 32, 32, 1, 256",
    "SOLID_STATE, 8, 32, 640, 8, 256",
    "SOLID_STATE, 1, 256, 0, 1, 256",
    "SOLID_STATE, 1, 257, 0, 2, 257",
    "SOLID_STATE, 1, 4, 0, 1, 4",
    "SOLID_STATE, 8, 16, 16, 8, 128",
    "SOLID_STATE, 9, 32, 32, 2, 288",
    "SOLID_STATE, 16, 64, 64, 4, 1024",
    "HARD_DISK, 8, 128, 128, 1, 1024",
    "HARD_DISK, 8, 128, 2048, 8, 8192",
    "HARD_DISK, 1, 1024, 0, 1, 1024",
    "HARD_DISK, 1, 1536, 0, 2, 1536",
    "HARD_DISK, 1, 4, 0, 1, 1024",
    "HARD_DISK, 8, 64, 64, 8, 8192",
    "HARD_DISK, 9, 128, 128, 2, 1152",
  })
  void cost_ofTheGuidesCases_isAsInItsTable(
      String medium, int count, long length, long stride, long operations, long paid) {
    Meter meter = new Meter(medium.equals("SOLID_STATE") ? IoCost.SOLID_STATE : IoCost.HARD_DISK);
    for (int i = 0; i < count; i++) {
      meter.read((10_240 + i * stride) * KIB, length * KIB);
    }
    assertEquals(operations, meter.operations);
    assertEquals(paid * 2, meter.sectors);
  }

  @Test
  void merging_acrossAGapOrADirection_stops() {
    assertEquals(
        2, new Meter(IoCost.SOLID_STATE).read(0, 64 * KIB).read(65 * KIB, 64 * KIB).operations);
    assertEquals(
        2,
        new Meter(IoCost.SOLID_STATE).read(0, 64 * KIB).count(true, 64 * KIB, 64 * KIB).operations);
    assertEquals(
        1,
        new Meter(IoCost.SOLID_STATE)
            .count(true, 0, 64 * KIB)
            .count(true, 64 * KIB, 64 * KIB)
            .operations);
  }

  @Test
  void merging_ofALargeRequestAndAnother_fillsTheLastUnit() {
    Meter meter = new Meter(IoCost.SOLID_STATE).read(0, 300 * KIB);
    assertEquals(2, meter.operations);
    meter.read(300 * KIB, 212 * KIB);
    assertEquals(2, meter.operations);
    meter.read(512 * KIB, 32 * KIB);
    assertEquals(3, meter.operations);
  }

  @Test
  void unalignedRequest_paysForTheSectorsItFills() {
    Meter meter = new Meter(IoCost.SOLID_STATE).read(1, 1);
    assertEquals(1, meter.sectors);
    meter.read(0, 513);
    assertEquals(3, meter.sectors);
    assertEquals(2, meter.operations);
  }

  @Test
  void lastSectorOfTheLargestVolume_isRemembered() {
    long end = 1L << 46;
    Meter meter = new Meter(IoCost.SOLID_STATE).read(end - 64 * KIB, 32 * KIB);
    meter.read(end - 32 * KIB, 32 * KIB);
    assertEquals(1, meter.operations);
    meter.read(0, 32 * KIB);
    assertEquals(2, meter.operations);
  }
}
