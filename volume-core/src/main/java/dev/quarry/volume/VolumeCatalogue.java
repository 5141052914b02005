package dev.quarry.volume;

import dev.quarry.block.VolumeException;
import dev.quarry.disk.DirectoryLock;
import dev.quarry.disk.Disk;
import dev.quarry.disk.PosixDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// All volumes under one data directory: made, found, grown, attached, deleted.
///
/// Everything is on the disk when a method returns, and safe at every moment against a killed
/// process and a power loss: a volume whose creation was cut short is not there afterwards, one
/// whose deletion was cut short is gone, and one that was in use is available and opens by itself.
///
/// Safe for use by many threads. Work on one volume waits for other work on it, never for work on
/// another; listing and finding wait for nothing. Errors are [ControlException]s.
///
/// Sizes are whole GiB from 1 GiB to 64 TiB, as in EBS.
public final class VolumeCatalogue implements AutoCloseable {
  private static final String VOLUMES_FOLDER = "volumes";

  private final Disk folder;
  private final Host host;
  private final Optional<DirectoryLock> lock;
  private final Map<VolumeId, Volume> volumes = new TreeMap<>(); // guarded by this
  private final Map<String, Volume> names = new HashMap<>(); // guarded by this
  private final Map<VolumeId, String> damaged; // never changed
  private boolean closed; // guarded by this

  private VolumeCatalogue(
      Disk folder, Host host, Optional<DirectoryLock> lock, CatalogueScan found) {
    this.folder = folder;
    this.host = host;
    this.lock = lock;
    this.damaged = found.damaged();
    for (VolumeRecord record : found.records()) {
      add(new Volume(new VolumeFolder(folder, record.id()), host, record));
    }
  }

  /// Opens a data directory, making it if it is not there, and keeps every other process out of it
  /// until [#close].
  ///
  /// @throws dev.quarry.disk.DirectoryInUseException if it is open in this process or another
  public static VolumeCatalogue open(Path directory) throws IOException {
    PosixDisk disk = PosixDisk.open(directory);
    DirectoryLock lock = DirectoryLock.acquire(directory);
    try {
      return open(disk, Host.local(), Optional.of(lock));
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /// Opens the volumes on a disk that is the caller's alone.
  public static VolumeCatalogue open(Disk disk, Host host) throws IOException {
    return open(disk, host, Optional.empty());
  }

  private static VolumeCatalogue open(Disk disk, Host host, Optional<DirectoryLock> lock)
      throws IOException {
    Disk folder = disk.folder(VOLUMES_FOLDER);
    return new VolumeCatalogue(folder, host, lock, CatalogueScan.of(folder));
  }

  /// Creates a volume, which is then available. It takes space only for what is written to it.
  ///
  /// @throws ControlException.Invalid if the request breaks a rule
  /// @throws ControlException.LimitExceeded if the disk is full, or has no files of that size
  public VolumeRecord create(NewVolume asked) {
    VolumeRules.check(asked);
    Volume volume = reserve(asked);
    try {
      volume.create();
      return volume.current();
    } catch (RuntimeException e) {
      remove(volume);
      throw e;
    }
  }

  /// All volumes, ordered by id.
  public synchronized List<VolumeRecord> list() {
    checkOpen();
    return volumes.values().stream().map(Volume::current).toList();
  }

  /// The volume with that id or name, if there is one.
  public Optional<VolumeRecord> find(String idOrName) {
    return lookUp(idOrName).map(Volume::current);
  }

  /// The volume with that id or name.
  ///
  /// @throws ControlException.NotFound if there is none
  /// @throws ControlException.Invalid if it begins like an id and is none
  /// @throws ControlException.Conflict if its record is damaged
  public VolumeRecord describe(String idOrName) {
    return named(idOrName).current();
  }

  /// Grows a volume, attached or not. Clients see the new size when they ask for it again. The
  /// present size is no error.
  ///
  /// @throws ControlException.Invalid if the size is no allowed size, or smaller than the present
  ///   one
  public VolumeRecord resize(VolumeId id, long newSizeBytes) {
    Volume volume = named(id.text());
    VolumeRules.checkSize(newSizeBytes);
    volume.grow(newSizeBytes);
    return volume.current();
  }

  /// Deletes a volume that is attached nowhere. Its data cannot be had back.
  ///
  /// @throws ControlException.Conflict with code `VolumeInUse` while it is attached
  public void delete(VolumeId id) {
    Volume volume = named(id.text());
    volume.delete();
    remove(volume);
  }

  /// Attaches a volume: any number of times at once, by callers who know what they share.
  ///
  /// @throws ControlException.Conflict with code `IncorrectState` unless it is available or in-use
  public Attachment attach(VolumeId id) {
    return named(id.text()).attach();
  }

  /// Detaches everything, flushes, and lets the directory go. What cannot be flushed is in `error`,
  /// and the first such failure is thrown after all volumes were closed.
  @Override
  public void close() throws IOException {
    List<Volume> open;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      open = List.copyOf(volumes.values());
    }
    VolumeException first = null;
    for (Volume volume : open) {
      try {
        volume.retire();
      } catch (VolumeException e) {
        first = first == null ? e : first;
      }
    }
    if (lock.isPresent()) {
      lock.get().close();
    }
    if (first != null) {
      throw first;
    }
  }

  private synchronized Volume reserve(NewVolume asked) {
    checkOpen();
    asked.name().ifPresent(this::checkNameIsFree);
    VolumeRecord record =
        new VolumeRecord(
            unusedId(),
            asked.name(),
            asked.type(),
            asked.iops(),
            asked.throughputMibps(),
            asked.sizeBytes(),
            asked.tags(),
            host.clock().instant(),
            VolumeState.CREATING,
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    Volume volume = new Volume(new VolumeFolder(folder, record.id()), host, record);
    add(volume);
    return volume;
  }

  private void checkNameIsFree(String name) {
    Volume holder = names.get(name);
    if (holder != null) {
      throw ControlException.Invalid.value(
          "The name '%s' is taken by volume %s; choose another."
              .formatted(name, holder.current().id()));
    }
  }

  private VolumeId unusedId() {
    VolumeId id = VolumeId.generate(host.random());
    while (volumes.containsKey(id) || damaged.containsKey(id)) {
      id = VolumeId.generate(host.random());
    }
    return id;
  }

  private synchronized void add(Volume volume) {
    volumes.put(volume.current().id(), volume);
    volume.current().name().ifPresent(name -> names.put(name, volume));
  }

  private synchronized void remove(Volume volume) {
    volumes.remove(volume.current().id(), volume);
    volume.current().name().ifPresent(name -> names.remove(name, volume));
  }

  private synchronized Optional<Volume> lookUp(String idOrName) {
    checkOpen();
    return VolumeId.isId(idOrName)
        ? Optional.ofNullable(volumes.get(VolumeId.parse(idOrName)))
        : Optional.ofNullable(names.get(idOrName));
  }

  private Volume named(String idOrName) {
    return lookUp(idOrName)
        .orElseThrow(() -> {
          if (idOrName.startsWith("vol-")) {
            VolumeId id = VolumeId.parse(idOrName);
            if (damaged.containsKey(id)) {
              return ControlException.Conflict.incorrectState(
                  "Volume %s cannot be used: %s. Repair that, then start again."
                      .formatted(id, damaged.get(id)));
            }
          }
          return ControlException.NotFound.volume(idOrName);
        });
  }

  private void checkOpen() {
    assert Thread.holdsLock(this);
    if (closed) {
      throw new IllegalStateException("the catalogue is closed");
    }
  }
}
