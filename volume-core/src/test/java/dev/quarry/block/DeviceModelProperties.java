package dev.quarry.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/// Random sequences of requests against an array of bytes, for any kind of device: extend it, say
/// how to open one, and what else the kind can do in a [DeviceFixture].
///
/// After every step that reads, and at the end, the device must show the model's bytes. After a
/// crash of the process, blocks of 4 KiB are as before or as after the request in flight; after a
/// loss of power every sector holds its last durable value or a later one.
public abstract class DeviceModelProperties {

  /// Opens a new device, which reads as zeros.
  ///
  /// @param seed what chances in the fixture are to follow from
  protected abstract DeviceFixture open(long sizeBytes, long seed) throws Exception;

  /// The size to test with, as odd as the device allows; a little over two chunks.
  protected long sizeBytes() {
    return 2 * 512 * 1024 + 7 * 4096 + 513;
  }

  @Provide
  Arbitrary<List<DeviceStep>> sequences() {
    return DeviceStep.sequences(sizeBytes());
  }

  @Property(tries = 300, shrinking = ShrinkingMode.BOUNDED, edgeCases = EdgeCasesMode.NONE)
  void device_anySequence_showsWhatAnArrayWould(
      @ForAll("sequences") List<DeviceStep> steps, @ForAll long seed) throws Exception {
    try (DeviceRun run = new DeviceRun(open(sizeBytes(), seed), sizeBytes())) {
      run.run(steps);
    }
  }

  static void assertSame(byte[] expected, byte[] actual, String what) {
    assertEquals(
        -1, TestBytes.firstDifference(expected, actual), () -> "first difference: " + what);
  }

  static void assertExtents(
      DeviceModel model, List<Extent> extents, DeviceStep.Range range, int limit) {
    assertTrue(extents.size() <= limit, extents::toString);
    assertEquals(range.length() == 0, extents.isEmpty(), extents::toString);
    long at = range.offset();
    for (Extent extent : extents) {
      assertEquals(at, extent.offset(), extents::toString);
      at = extent.end();
      if (extent.state() != Extent.State.DATA) {
        assertTrue(model.isZero(extent.offset(), extent.length()), extents::toString);
      }
    }
    assertFalse(at > range.end(), extents::toString);
  }
}
