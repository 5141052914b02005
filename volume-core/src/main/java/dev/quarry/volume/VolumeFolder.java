package dev.quarry.volume;

import dev.quarry.block.VolumeException;
import dev.quarry.disk.Disk;
import dev.quarry.disk.DiskFile;
import dev.quarry.disk.SpannedFile;
import dev.quarry.shaping.VolumeSpec;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// The files of one volume: `volumes/<id>/` with `volume.json`, `data` and `chunks`.
///
/// The record comes first and goes last: a folder without one holds nothing, so that it can be
/// removed, and a folder with data but no record is never our doing.
final class VolumeFolder {
  static final String RECORD_FILE = "volume.json";

  private final Disk volumes;
  private final VolumeId id;

  /// The folder of a volume among others, whether it is there or not.
  VolumeFolder(Disk volumes, VolumeId id) {
    this.volumes = volumes;
    this.id = id;
  }

  VolumeId id() {
    return id;
  }

  /// The record, or nothing if the folder holds none and nothing else either.
  ///
  /// @throws VolumeException.Corrupt if there is a record that cannot be read, or data without one
  Optional<VolumeRecord> read() throws IOException {
    Disk folder = volumes.folder(id.text());
    String file = folder + "/" + RECORD_FILE;
    Optional<byte[]> bytes = folder.read(RECORD_FILE);
    if (bytes.isEmpty()) {
      List<String> files = folder.files();
      if (!files.isEmpty()) {
        throw new VolumeException.Corrupt(
            "volume record is missing file=%s beside=%s".formatted(file, files), null);
      }
      return Optional.empty();
    }
    VolumeRecord record = VolumeRecordCodec.decode(bytes.get(), file);
    if (!record.id().equals(id)) {
      throw new VolumeException.Corrupt(
          "volume record is of another volume file=%s id=%s".formatted(file, record.id()), null);
    }
    return Optional.of(record);
  }

  /// Replaces the record, durably and at once.
  void store(VolumeRecord record) throws IOException {
    volumes.folder(id.text()).replace(RECORD_FILE, VolumeRecordCodec.encode(record));
  }

  /// Opens the volume's devices, making their files if they are not there.
  DevicePipeline open(VolumeRecord record, boolean machineCrashed, Surroundings surroundings)
      throws IOException {
    return DevicePipeline.open(volumes.folder(id.text()), record, machineCrashed, surroundings);
  }

  /// Makes the data file large enough, without anybody seeing the difference yet.
  void reserve(VolumeSpec spec) throws IOException {
    long sizeBytes = (long) spec.sizeGib() << 30;
    try (DiskFile data = SpannedFile.open(volumes.folder(id.text()), ChunkedDevice.DATA_FILE)) {
      if (data.sizeBytes() < sizeBytes) {
        data.resize(sizeBytes);
      }
    }
  }

  /// Deletes all of it, the record last.
  void delete() throws IOException {
    Disk folder = volumes.folder(id.text());
    for (String name : folder.files()) {
      if (!name.equals(RECORD_FILE)) {
        folder.delete(name);
      }
    }
    folder.delete(RECORD_FILE);
    volumes.deleteFolder(id.text());
  }

  @Override
  public String toString() {
    return volumes + "/" + id;
  }
}
