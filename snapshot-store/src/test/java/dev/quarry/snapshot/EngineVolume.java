package dev.quarry.snapshot;

import dev.quarry.block.TestBytes;
import dev.quarry.block.VolumeException;
import dev.quarry.crypto.DataKey;
import dev.quarry.disk.Disk;
import dev.quarry.volume.Origin;
import dev.quarry.volume.VolumeData;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A volume of the real engine, with the part of its record that snapshots need. The record
/// survives whatever happens to the process, as a file would.
final class EngineVolume implements SnapshotVolume {
  private final UUID lineage;
  private final Optional<DataKey> key;
  private final Optional<SnapshotId> origin;
  private long sizeBytes;
  private boolean hydrated;
  private volatile Optional<ParentSnapshot> parent;
  private VolumeData data;
  private SnapshotSource source;

  /// @param origin the snapshot it is made from, pinned already
  EngineVolume(
      UUID lineage,
      long sizeBytes,
      Optional<DataKey> key,
      Optional<SnapshotId> origin,
      Optional<ParentSnapshot> parent) {
    this.lineage = lineage;
    this.sizeBytes = sizeBytes;
    this.key = key;
    this.origin = origin;
    this.parent = parent;
  }

  /// Opens it, in a process that has not opened it yet.
  void open(Disk folder, VolumeSnapshots snapshots, boolean machineCrashed) throws IOException {
    Origin began;
    if (origin.isEmpty()) {
      began = new Origin.Empty();
    } else if (hydrated) {
      began = new Origin.Hydrated();
    } else {
      source = snapshots.source(origin.get(), lineage);
      began = new Origin.Cold(source);
    }
    data =
        VolumeData.open(folder, sizeBytes, began, key.map(DataKey::sectorCipher), machineCrashed);
  }

  void hydrated() {
    hydrated = true;
  }

  boolean isHydrated() {
    return hydrated || origin.isEmpty();
  }

  void grow(long newSizeBytes) throws IOException {
    data.grow(newSizeBytes);
    sizeBytes = newSizeBytes;
  }

  SnapshotSource source() {
    return source;
  }

  Optional<DataKey> key() {
    return key;
  }

  byte[] contents() throws VolumeException {
    return TestBytes.read(data.device(), 0, (int) sizeBytes);
  }

  long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public UUID lineage() {
    return lineage;
  }

  @Override
  public VolumeData data() {
    return data;
  }

  @Override
  public Optional<ParentSnapshot> parent() {
    return parent;
  }

  @Override
  public void rememberParent(Optional<ParentSnapshot> next) {
    parent = next.map(known -> ParentSnapshot.of(known.toString())); // as a record has it
  }

  @Override
  public Map<String, String> attributes() {
    return Map.of();
  }

  @Override
  public Hints hints() {
    return Hints.NONE;
  }

  @Override
  public int maxPending() {
    return 5;
  }
}
