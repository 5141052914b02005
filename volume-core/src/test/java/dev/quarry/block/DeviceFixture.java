package dev.quarry.block;

import dev.quarry.disk.Crash;
import java.io.IOException;
import java.util.Optional;

/// A device for [DeviceModelSuite], with what its kind can do besides serving requests. What it
/// cannot do, it answers with false or nothing; the model then leaves it out.
public interface DeviceFixture extends AutoCloseable {

  @Override
  void close() throws IOException;

  /// The open device.
  BlockDevice device();

  /// Closes the device cleanly and opens it again.
  default boolean reopen() throws Exception {
    return false;
  }

  /// Makes the machine stop in the disk's step after `steps` more, in the given way. The request in
  /// flight then throws [dev.quarry.disk.SimulatedCrash].
  default boolean crashAfter(int steps, Crash crash) {
    return false;
  }

  /// Opens the device again after a crash. Crashes no more until told to.
  default void recover() throws Exception {}

  /// Opens a view of the device as it is now.
  default Optional<Frozen> freeze() throws Exception {
    return Optional.empty();
  }

  /// Checks what else must be true of a device that holds `contents`.
  default void check(byte[] contents) throws Exception {}

  /// A view of a device at one instant.
  interface Frozen extends AutoCloseable {
    /// Fails unless the view shows `contents`.
    void check(byte[] contents) throws Exception;

    @Override
    void close() throws IOException;
  }
}
