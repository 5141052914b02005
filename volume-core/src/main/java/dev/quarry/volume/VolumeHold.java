package dev.quarry.volume;

import dev.quarry.block.VolumeException;
import java.util.Optional;

/// Keeps a volume's devices open, whether it is attached or not, while a snapshot of it is made. It
/// does not make the volume in-use, and can be had while it is.
///
/// Safe for use by many threads. Once the catalogue is closed, its data is closed too.
public final class VolumeHold implements AutoCloseable {
  private final Volume volume;
  private final VolumeData data;
  private final Optional<byte[]> keyCheckValue;

  VolumeHold(Volume volume, VolumeData data, Optional<byte[]> keyCheckValue) {
    this.volume = volume;
    this.data = data;
    this.keyCheckValue = keyCheckValue;
  }

  /// The volume, as it is now.
  public VolumeRecord volume() {
    return volume.current();
  }

  /// The volume's data, behind all limits.
  public VolumeData data() {
    return data;
  }

  /// Tells which data key the volume is encrypted with, if it is; see
  /// [dev.quarry.crypto.DataKey#checkValue].
  public Optional<byte[]> keyCheckValue() {
    return keyCheckValue.map(byte[]::clone);
  }

  /// Remembers, durably, the snapshot that the next one builds on; nothing if that is to be full.
  ///
  /// @throws ControlException if it cannot be stored; what was remembered before stays
  public void rememberParent(Optional<String> parent) {
    volume.rememberParent(parent);
  }

  /// Lets the volume go, which is closed if nobody else needs it. Closing twice is allowed.
  ///
  /// @throws VolumeException if it could not be flushed: it is in `error` then
  @Override
  public void close() throws VolumeException {
    volume.release(this);
  }
}
