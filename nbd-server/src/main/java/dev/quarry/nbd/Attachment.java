package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;

/// An export in use by one connection.
public interface Attachment extends AutoCloseable {

  /// The device to serve. Several attachments may share it: what one writes, all read.
  BlockDevice device();

  /// Ends the use. The connection calls it once, after the last of its requests has ended, and does
  /// not use the device afterwards. The client may still be connected, and learns only then that
  /// its connection ends.
  @Override
  void close();
}
