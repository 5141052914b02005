package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/// One device under one name, which is the default export too. It counts its attachments.
final class OneExport implements Exports {
  private final String name;
  private final String description;
  private final BlockDevice device;
  private final AtomicInteger attached = new AtomicInteger();
  private final Map<String, MetadataContext> contexts = new ConcurrentSkipListMap<>();

  OneExport(String name, String description, BlockDevice device) {
    this.name = name;
    this.description = description;
    this.device = device;
  }

  int attached() {
    return attached.get();
  }

  /// Adds a metadata context.
  void context(String context, MetadataContext knowledge) {
    contexts.put(context, knowledge);
  }

  void forgetContexts() {
    contexts.clear();
  }

  @Override
  public List<String> contexts(String asked) {
    return List.copyOf(contexts.keySet());
  }

  @Override
  public List<ExportInfo> list() {
    return List.of(info());
  }

  @Override
  public Optional<ExportInfo> find(String asked) {
    return asked.isEmpty() || asked.equals(name) ? Optional.of(info()) : Optional.empty();
  }

  @Override
  public Attachment attach(String asked, Client client) throws ExportException {
    if (find(asked).isEmpty()) {
      throw new ExportException.Unknown("no such export name=" + asked);
    }
    attached.incrementAndGet();
    return new Attachment() {
      @Override
      public BlockDevice device() {
        return device;
      }

      @Override
      public Map<String, MetadataContext> contexts() {
        return Map.copyOf(contexts);
      }

      @Override
      public void close() {
        attached.decrementAndGet();
      }
    };
  }

  private ExportInfo info() {
    return new ExportInfo(name, description, device.sizeBytes(), device.readOnly());
  }
}
