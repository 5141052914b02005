package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import java.util.Map;

/// An export in use by one connection.
public interface Attachment extends AutoCloseable {

  /// The device to serve. Several attachments may share it: what one writes, all read.
  BlockDevice device();

  /// What can be asked of the device beside what it holds: metadata contexts by their names,
  /// without `base:allocation`. Asked once, when the connection begins to use the device.
  default Map<String, MetadataContext> contexts() {
    return Map.of();
  }

  /// Ends the use. The connection calls it once, after the last of its requests has ended, and does
  /// not use the device afterwards. The client may still be connected, and learns only then that
  /// its connection ends.
  @Override
  void close();
}
