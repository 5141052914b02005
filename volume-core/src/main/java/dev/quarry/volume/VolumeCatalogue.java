package dev.quarry.volume;

import dev.quarry.block.VolumeException;
import dev.quarry.disk.DirectoryLock;
import dev.quarry.disk.Disk;
import dev.quarry.disk.PosixDisk;
import dev.quarry.shaping.ModifyRequest;
import dev.quarry.shaping.Provisioned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All volumes under one data directory: made, found, grown, attached, deleted.
///
/// Everything is on the disk when a method returns, and safe at every moment against a killed
/// process and a power loss: a volume whose creation was cut short is not there afterwards, one
/// whose deletion was cut short is gone, and one that was in use is available and opens by itself.
///
/// Safe for use by many threads. Work on one volume waits for other work on it, never for work on
/// another; listing and finding wait for nothing. Errors are [ControlException]s.
///
/// Sizes are whole GiB, and types, sizes and figures go together as in EBS.
public final class VolumeCatalogue implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VolumeCatalogue.class);
  private static final String VOLUMES_FOLDER = "volumes";

  private final Disk folder;
  private final Surroundings surroundings;
  private final Optional<DirectoryLock> lock;
  private final Map<VolumeId, Volume> volumes = new TreeMap<>(); // guarded by this
  private final Map<String, Volume> names = new HashMap<>(); // guarded by this
  private final Map<VolumeId, String> damaged; // never changed
  private Optional<CreditKeeper> creditKeeper = Optional.empty(); // set before it is shared
  private boolean closed; // guarded by this

  private VolumeCatalogue(
      Disk folder, Surroundings surroundings, Optional<DirectoryLock> lock, CatalogueScan found) {
    this.folder = folder;
    this.surroundings = surroundings;
    this.lock = lock;
    this.damaged = found.damaged();
    for (VolumeRecord record : found.records()) {
      add(new Volume(new VolumeFolder(folder, record.id()), surroundings, record));
    }
  }

  /// Opens a data directory, making it if it is not there, and keeps every other process out of it
  /// until [#close].
  ///
  /// @throws dev.quarry.disk.DirectoryInUseException if it is open in this process or another
  public static VolumeCatalogue open(Path directory, CatalogueSettings settings)
      throws IOException {
    PosixDisk.open(directory); // makes it
    DirectoryLock lock = DirectoryLock.acquire(directory);
    try {
      return onDirectory(directory, settings, Optional.of(lock));
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /// As above, with the standard settings.
  public static VolumeCatalogue open(Path directory) throws IOException {
    return open(directory, CatalogueSettings.standard());
  }

  /// Opens a data directory that the caller has locked. The lock stays the caller's, to be closed
  /// after the catalogue.
  public static VolumeCatalogue openLocked(Path directory, CatalogueSettings settings)
      throws IOException {
    return onDirectory(directory, settings, Optional.empty());
  }

  private static VolumeCatalogue onDirectory(
      Path directory, CatalogueSettings settings, Optional<DirectoryLock> lock) throws IOException {
    VolumeCatalogue catalogue = open(PosixDisk.open(directory), Host.local(), settings, lock);
    catalogue.creditKeeper = Optional.of(CreditKeeper.start(catalogue::all));
    return catalogue;
  }

  /// The volumes of a data directory, open or not, that nobody can read without their keys. Changes
  /// nothing; records that cannot be read are left out.
  public static List<VolumeId> encryptedIn(Path directory) throws IOException {
    if (!Files.exists(directory.resolve(VOLUMES_FOLDER))) {
      return List.of();
    }
    return CatalogueScan.encrypted(PosixDisk.open(directory).folder(VOLUMES_FOLDER));
  }

  /// Opens the volumes on a disk that is the caller's alone. The caller has to call [#saveCredits]
  /// now and then.
  public static VolumeCatalogue open(Disk disk, Host host, CatalogueSettings settings)
      throws IOException {
    return open(disk, host, settings, Optional.empty());
  }

  private static VolumeCatalogue open(
      Disk disk, Host host, CatalogueSettings settings, Optional<DirectoryLock> lock)
      throws IOException {
    Disk folder = disk.folder(VOLUMES_FOLDER);
    return new VolumeCatalogue(
        folder, Surroundings.of(host, settings), lock, CatalogueScan.of(folder));
  }

  /// Creates a volume, which is then available. It takes space only for what is written to it.
  ///
  /// @throws ControlException.Invalid if the request breaks a rule
  /// @throws ControlException.LimitExceeded if the disk is full, or has no files of that size
  /// @throws ControlException.Conflict if the key it names cannot be used; the code is KMS's
  public VolumeRecord create(NewVolume asked) {
    Provisioned provisioned = VolumeRules.check(asked, surroundings.settings().limits());
    Volume volume = reserve(asked, provisioned);
    try {
      volume.create(asked);
    } catch (RuntimeException e) {
      remove(volume);
      asked.source().ifPresent(from -> release(from, volume));
      throw e;
    }
    hydrate(volume);
    return volume.current();
  }

  private void release(NewVolume.Source source, Volume notMade) {
    surroundings
        .settings()
        .origins()
        .ifPresent(origins -> origins.release(source.snapshot(), notMade.current().id()));
  }

  /// Goes on bringing volumes to the local disk that were made from snapshots and are not wholly
  /// there, attached or not. A volume whose turn does not come by this has it at its next
  /// attachment.
  public void hydrate() {
    all().forEach(VolumeCatalogue::hydrate);
  }

  private static void hydrate(Volume volume) {
    try {
      volume.hydrate();
    } catch (ControlException e) {
      LOG.atWarn()
          .setMessage("volume is not brought to the local disk until it is attached")
          .addKeyValue("volume", volume.current().id())
          .setCause(e)
          .log();
    }
  }

  /// Keeps a volume open, attached or not, for a snapshot of it to be made.
  ///
  /// @throws ControlException.Conflict with code `IncorrectState` unless it is available or in-use
  /// @throws ControlException.Conflict with a code of KMS if it is encrypted and its key cannot be
  ///   used
  public VolumeHold hold(VolumeId id) {
    return named(id.text()).hold();
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

  /// How a volume does: its limits, its credits, what went through.
  public VolumeStatus status(VolumeId id) {
    return named(id.text()).status();
  }

  /// Changes a volume's size, type or figures, attached or not, as ModifyVolume of EBS does. When
  /// this returns, the change is completed: requests are held to the new figures, and clients see a
  /// new size when they ask for it again.
  ///
  /// @throws ControlException.Invalid if the limits do not allow the change
  /// @throws ControlException.LimitExceeded if it was modified too often of late
  public VolumeRecord modify(VolumeId id, ModifyRequest asked) {
    Volume volume = named(id.text());
    volume.modify(asked);
    return volume.current();
  }

  /// Deletes a volume that is attached nowhere. Its data cannot be had back.
  ///
  /// @throws ControlException.Conflict with code `VolumeInUse` while it is attached
  public void delete(VolumeId id) {
    Volume volume = named(id.text());
    volume.delete();
    remove(volume);
    surroundings.settings().origins().ifPresent(origins -> origins.deleted(volume.current()));
  }

  /// Attaches a volume for this process: any number of times at once.
  ///
  /// @throws ControlException as [#attach(VolumeId, Attacher)] does
  public Attachment attach(VolumeId id) {
    return attach(id, Attacher.THIS_PROCESS);
  }

  /// Attaches a volume for a client: any number of times at once, and for one client at a time
  /// unless the volume is made for several.
  ///
  /// @throws ControlException.Conflict with code `IncorrectState` unless it is available or in-use
  /// @throws ControlException.Conflict with code `VolumeInUse` if another client has it
  /// @throws ControlException.LimitExceeded if as many clients have it as may
  /// @throws ControlException.Conflict with a code of KMS if it is encrypted and its key cannot be
  ///   used
  public Attachment attach(VolumeId id, Attacher attacher) {
    return named(id.text()).attach(attacher);
  }

  /// Saves the credits of the volumes that spent some, so that a killed process does not give them
  /// back. A catalogue on a directory does this by itself.
  ///
  /// @param ahead how long until the next call at most
  public void saveCredits(Duration ahead) {
    all().forEach(volume -> volume.saveCredits(ahead));
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
    creditKeeper.ifPresent(CreditKeeper::close);
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

  private synchronized Volume reserve(NewVolume asked, Provisioned provisioned) {
    checkOpen();
    asked.name().ifPresent(this::checkNameIsFree);
    VolumeRecord record = VolumeRecord.creating(unusedId(), asked, provisioned, surroundings.now());
    Volume volume = new Volume(new VolumeFolder(folder, record.id()), surroundings, record);
    add(volume);
    return volume;
  }

  private synchronized List<Volume> all() {
    return List.copyOf(volumes.values());
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
    RandomGenerator random = surroundings.host().random();
    VolumeId id = VolumeId.generate(random);
    while (volumes.containsKey(id) || damaged.containsKey(id)) {
      id = VolumeId.generate(random);
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
