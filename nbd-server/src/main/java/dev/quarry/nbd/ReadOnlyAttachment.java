package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.ReadOnlyDevice;
import java.util.Map;

/// An export in use by a client that may not change it.
record ReadOnlyAttachment(Attachment attachment, BlockDevice device) implements Attachment {

  ReadOnlyAttachment(Attachment attachment) {
    this(attachment, new ReadOnlyDevice(attachment.device()));
  }

  @Override
  public Map<String, MetadataContext> contexts() {
    return attachment.contexts();
  }

  @Override
  public void close() {
    attachment.close();
  }
}
