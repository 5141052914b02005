package dev.quarry.block;

import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Provide;

/// Random sequences of requests against an array of bytes, for any kind of device: say how to open
/// one, and what else the kind can do in a [DeviceFixture].
///
/// After every step that reads, and at the end, the device must show the model's bytes. After a
/// crash of the process, blocks of 4 KiB are as before or as after the request in flight; after a
/// loss of power every sector holds its last durable value or a later one.
///
/// Extend [DeviceModelProperties]; a device that is too slow for it extends this class and runs
/// [#check] on fewer sequences.
public abstract class DeviceModelSuite {

  /// Opens a new device, which reads as zeros.
  ///
  /// @param seed what chances in the fixture are to follow from
  protected abstract DeviceFixture open(long sizeBytes, long seed) throws Exception;

  /// The size to test with, as odd as the device allows; a little over two chunks.
  protected long sizeBytes() {
    return 2 * 512 * 1024 + 7 * 4096 + 513;
  }

  @Provide
  protected Arbitrary<List<DeviceStep>> sequences() {
    return DeviceStep.sequences(sizeBytes());
  }

  /// Carries out one sequence on a new device.
  protected final void check(List<DeviceStep> steps, long seed) throws Exception {
    try (DeviceRun run = new DeviceRun(open(sizeBytes(), seed), sizeBytes())) {
      run.run(steps);
    }
  }
}
