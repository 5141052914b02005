package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Extent;
import dev.quarry.block.VolumeException;
import java.util.List;

/// What is data, what reads as zeros, and what has no space: the context `base:allocation`, which
/// every export has.
final class AllocationContext implements MetadataContext {
  static final String NAME = "base:allocation";

  private final BlockDevice device;

  AllocationContext(BlockDevice device) {
    this.device = device;
  }

  @Override
  public List<StatusExtent> extents(long offset, long length, int limit) throws VolumeException {
    return device.extents(offset, length, limit).stream()
        .map(extent -> new StatusExtent(extent.length(), statusOf(extent.state())))
        .toList();
  }

  private static int statusOf(Extent.State state) {
    return switch (state) {
      case DATA -> 0;
      case ZERO -> Wire.STATE_ZERO;
      case HOLE -> Wire.STATE_ZERO | Wire.STATE_HOLE;
    };
  }
}
