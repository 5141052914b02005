package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.VolumeException;

/// One use of a volume. The volume is in-use from its first attachment to its last; all of them
/// share one open device. Safe for use by many threads.
public final class Attachment implements AutoCloseable {
  private final Volume volume;
  private final BlockDevice device;
  private volatile boolean closed;

  Attachment(Volume volume, BlockDevice shared) {
    this.volume = volume;
    this.device = new AttachedDevice(this, shared);
  }

  /// The volume, as it is now.
  public VolumeRecord volume() {
    return volume.current();
  }

  /// The volume's data. Closing the device is closing this attachment.
  public BlockDevice device() {
    return device;
  }

  /// Detaches. Requests through this attachment fail from now on with [VolumeException.Detached].
  /// If it was the last, the volume is flushed and closed. Closing twice is allowed.
  ///
  /// @throws VolumeException if the volume could not be flushed: it is in `error` then, and no
  ///   longer attached all the same
  @Override
  public void close() throws VolumeException {
    closed = true;
    volume.detach(this);
  }

  boolean closed() {
    return closed;
  }

  /// Ends this attachment's requests; the volume does the rest.
  void end() {
    closed = true;
  }

  /// A request through this attachment failed: the volume looks whether it has to go to `error`.
  void requestFailed(VolumeException cause) {
    volume.requestFailed(cause);
  }
}
