package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.VolumeException;
import java.util.List;

/// One use of a volume. The volume is in-use from its first attachment to its last; all of them
/// share one open device. Safe for use by many threads.
public final class Attachment implements AutoCloseable {
  private final Volume volume;
  private final String client;
  private final BlockDevice device;
  private final VolumeData data;
  private volatile boolean closed;

  Attachment(Volume volume, String client, BlockDevice shared, VolumeData data) {
    this.volume = volume;
    this.client = client;
    this.data = data;
    this.device = new AttachedDevice(this, shared);
  }

  /// The volume, as it is now.
  public VolumeRecord volume() {
    return volume.current();
  }

  /// Whose it is.
  String client() {
    return client;
  }

  /// The volume's data. Closing the device is closing this attachment.
  public BlockDevice device() {
    return device;
  }

  /// What of a range changed since the volume's last snapshot, or since it was made if there is
  /// none: [MarkRun#CHANGED] and [MarkRun#IN_DOUBT].
  ///
  /// @param limit the most runs to return, at least 1; the answer may end before the range does
  public List<MarkRun> changed(long offset, long length, int limit) throws VolumeException {
    return data.changed(offset, length, limit);
  }

  /// What of a range is in the store only: [MarkRun#REMOTE].
  ///
  /// @param limit the most runs to return, at least 1; the answer may end before the range does
  public List<MarkRun> residency(long offset, long length, int limit) throws VolumeException {
    return data.residency(offset, length, limit);
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
