package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import java.util.ArrayList;
import java.util.List;

/// Snapshots of zeros, which never come to the local disk by themselves.
final class FakeOrigins implements SnapshotOrigins {
  final List<VolumeRecord> deleted = new ArrayList<>();

  @Override
  public String pin(String snapshot, VolumeId volume) {
    return "parent";
  }

  @Override
  public void release(String snapshot, VolumeId volume) {
    throw new AssertionError("a volume was not made volume=" + volume);
  }

  @Override
  public VolumeRecord.Encryption dataKey(String snapshot, VolumeId volume) {
    throw new AssertionError("nothing is encrypted");
  }

  @Override
  public ChunkSource source(VolumeRecord volume) {
    return new FakeSource(new byte[ChunkLayout.CHUNK_BYTES]);
  }

  @Override
  public Hydration hydrate(
      VolumeRecord volume, VolumeData data, ChunkSource source, Runnable hydrated) {
    return () -> {};
  }

  @Override
  public BlockDevice watched(VolumeId volume, BlockDevice device, boolean first) {
    return device;
  }

  @Override
  public void deleted(VolumeRecord volume) {
    deleted.add(volume);
  }
}
