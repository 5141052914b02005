package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.VolumeException;
import dev.quarry.shaping.Modification;
import dev.quarry.shaping.ModifyRequest;
import dev.quarry.shaping.VolumeSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One volume of a catalogue: its record and, while somebody needs them, its devices. Attachments
/// need them, and so do holds, for a snapshot, and what brings the volume to the local disk.
///
/// Its monitor serialises transitions, with the disk's work in them; reading the record needs no
/// lock. Requests never hold the monitor, except to report a failure after they left the devices.
///
/// **Orders that carry crash safety**
///
/// - Open: recover marks, then record the new generation and boot id, then let the first client in.
///   Until the record is replaced, a crash leaves the old boot id and the next opening recovers
///   again.
/// - Close: requests end, then data and marks are made durable, then the boot id is taken back. A
///   record without one says that marks can be trusted, whatever happens to the machine.
/// - Modify: record what is asked for; make the file larger; record the new size and figures, from
///   when on they count whatever happens; then show them to clients. No client sees a size that a
///   crash takes back. Cut short before that record, a modification has failed; after it, it is
///   completed at the next start.
/// - Made from a snapshot: pin the snapshot, then record the volume; what is wholly here is
///   recorded as that once it is durable. A crash leaves a pin too many at most, or fetches once
///   more.
/// - Credits: set aside in the record before the first client is let in, so that a kill at any time
///   gives none back.
/// - Delete: record `deleting`, then delete the files, the record last.
final class Volume {
  private static final Logger LOG = LoggerFactory.getLogger(Volume.class);

  private final VolumeFolder folder;
  private final Surroundings surroundings;
  private final Shaping shaping;
  private final Set<Attachment> attachments = new HashSet<>(); // guarded by this
  private final Set<VolumeHold> holds = new HashSet<>(); // guarded by this
  private Optional<DevicePipeline> devices = Optional.empty(); // guarded by this
  private boolean gone; // guarded by this: deleted wholly
  private boolean retired; // guarded by this: the catalogue is closed

  private volatile VolumeRecord record; // as stored; changed under this
  private volatile boolean attached; // changed under this

  Volume(VolumeFolder folder, Surroundings surroundings, VolumeRecord found) {
    this.folder = folder;
    this.surroundings = surroundings;
    this.record = found.settled(surroundings.now());
    this.shaping = surroundings.shaping(record);
  }

  /// The record as it is now, `in-use` included.
  VolumeRecord current() {
    VolumeRecord now = record;
    return attached && now.state() == VolumeState.AVAILABLE
        ? now.withState(VolumeState.IN_USE)
        : now;
  }

  /// How it does.
  VolumeStatus status() {
    return shaping.status();
  }

  /// Makes the files of a volume in state `creating`, which is then `available`.
  ///
  /// @param asked what its record does not have
  synchronized void create(NewVolume asked) {
    checkThere();
    VolumeId id = folder.id();
    try {
      Optional<NewVolume.Source> source = asked.source();
      Optional<String> parent = source.map(from -> surroundings.origins().pin(from.snapshot(), id));
      Optional<VolumeRecord.Encryption> encryption =
          asked.key().map(key -> dataKey(key, source.filter(NewVolume.Source::keepsDataKey)));
      VolumeRecord begun = record.withParent(parent);
      store(encryption.map(begun::encrypted).orElse(begun));
      folder.open(record, false, surroundings).closeDurably();
      store(record.withState(VolumeState.AVAILABLE));
    } catch (IOException e) {
      discard();
      throw DiskFailure.of("create volume " + id, e);
    } catch (RuntimeException e) {
      discard();
      throw e;
    }
  }

  /// @param source the snapshot whose data key it gets; a new one if empty
  private VolumeRecord.Encryption dataKey(String key, Optional<NewVolume.Source> source) {
    return source
        .map(from -> surroundings.origins().dataKey(from.snapshot(), folder.id()))
        .orElseGet(() -> surroundings.keys().draw(folder.id(), key));
  }

  /// Attaches once more, opening the devices if this is the first time.
  ///
  /// @param attacher whose attachment it is; [MultiAttach] decides whether it may have one
  synchronized Attachment attach(Attacher attacher) {
    checkThere();
    if (record.state() != VolumeState.AVAILABLE) {
      throw ControlException.Conflict.incorrectState(
          "Volume %s is %s and cannot be attached.%s"
              .formatted(folder.id(), record.state().apiName(), advice()));
    }
    MultiAttach.check(
        record, attachments.stream().map(Attachment::client).toList(), attacher.client());
    BlockDevice device = shaping.inFrontOf(watched(), attacher.limit());
    Attachment attachment = new Attachment(this, attacher.client(), device, opened().data());
    attachments.add(attachment);
    attached = true;
    return attachment;
  }

  private BlockDevice watched() {
    BlockDevice device = opened().device();
    return surroundings
        .settings()
        .origins()
        .map(origins -> origins.watched(folder.id(), device, attachments.isEmpty()))
        .orElse(device);
  }

  /// Keeps the devices open, attached or not, until the hold is closed.
  synchronized VolumeHold hold() {
    checkThere();
    if (record.state() != VolumeState.AVAILABLE) {
      throw ControlException.Conflict.incorrectState(
          "Volume %s is %s; a snapshot can be made of one that is available or in-use."
              .formatted(folder.id(), record.state().apiName()));
    }
    DevicePipeline kept = opened();
    VolumeHold hold = new VolumeHold(this, kept.data(), kept.keyCheckValue());
    holds.add(hold);
    return hold;
  }

  /// Takes a hold away.
  synchronized void release(VolumeHold hold) throws VolumeException {
    if (holds.remove(hold)) {
      closeUnlessNeeded();
    }
  }

  /// Brings the volume to the local disk from now on, attached or not, if some of it is not there.
  synchronized void hydrate() {
    if (!retired && !gone && record.usable() && record.hydration().isPresent()) {
      opened();
    }
  }

  /// Records that all of it is on the local disk. What closes the devices waits for who runs this,
  /// so it does not wait itself.
  private void hydrated() {
    Thread.ofVirtual().name("hydrated-" + folder.id()).start(this::recordHydrated);
  }

  private synchronized void recordHydrated() {
    if (retired || gone || record.hydration().isEmpty()) {
      return;
    }
    try {
      store(record.hydrated());
      closeUnlessNeeded();
    } catch (IOException e) {
      LOG.atWarn()
          .setMessage("volume is wholly on the local disk and that cannot be recorded")
          .addKeyValue("volume", folder.id())
          .setCause(e)
          .log();
    }
  }

  /// Remembers what the next snapshot builds on.
  synchronized void rememberParent(Optional<String> parent) {
    checkThere();
    try {
      store(record.withParent(parent));
    } catch (IOException e) {
      throw DiskFailure.of("record the latest snapshot of volume " + folder.id(), e);
    }
  }

  private DevicePipeline opened() {
    try {
      if (devices.isEmpty()) {
        DevicePipeline opened = open();
        devices = Optional.of(opened);
        opened.hydrate(record, surroundings, this::hydrated);
      }
      return devices.get();
    } catch (IOException e) {
      throw DiskFailure.of("open volume " + folder.id(), e);
    }
  }

  private String advice() {
    return record
        .errorReason()
        .map(reason ->
            " It failed because %s. What is left of its data is in the files of %s; delete it when"
                    .formatted(reason, folder)
                + " it is no longer needed.")
        .orElse("");
  }

  private DevicePipeline open() throws IOException {
    String bootId = surroundings.host().bootId();
    boolean machineCrashed = record.openBoot().filter(boot -> !boot.equals(bootId)).isPresent();
    DevicePipeline opened = folder.open(record, machineCrashed, surroundings);
    try {
      store(record.opened(bootId).withCredits(shaping.save(CreditKeeper.AHEAD)));
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /// Takes an attachment away; after the last, all is durable.
  synchronized void detach(Attachment attachment) throws VolumeException {
    if (attachments.remove(attachment) && attachments.isEmpty()) {
      attached = false;
      closeUnlessNeeded();
      if (devices.isPresent()) {
        flush(devices.get());
      }
    }
  }

  private void flush(DevicePipeline kept) throws VolumeException {
    try {
      kept.device().flush();
    } catch (VolumeException e) {
      requestFailed(e);
      throw e;
    }
  }

  private void closeUnlessNeeded() throws VolumeException {
    boolean hydrating =
        record.hydration().isPresent() && devices.filter(DevicePipeline::hydrating).isPresent();
    if (devices.isPresent() && attachments.isEmpty() && holds.isEmpty() && !hydrating) {
      closeDevices();
    }
  }

  /// Ends all attachments and holds, closes the devices, and lets nothing more be done.
  synchronized void retire() throws VolumeException {
    retired = true;
    attachments.forEach(Attachment::end);
    attachments.clear();
    holds.clear();
    if (devices.isPresent()) {
      closeDevices();
    }
  }

  private void closeDevices() throws VolumeException {
    DevicePipeline closing = devices.orElseThrow();
    devices = Optional.empty();
    attached = false;
    try {
      closing.closeDurably();
    } catch (VolumeException e) {
      fail(e);
      throw e;
    }
    if (record.state() == VolumeState.ERROR) {
      return;
    }
    try {
      store(record.closedCleanly().withCredits(shaping.save(Duration.ZERO)));
    } catch (IOException e) {
      // Nothing is lost: the next opening takes more care than it needs to.
      LOG.atWarn()
          .setMessage("volume closed but not recorded as closed")
          .addKeyValue("volume", folder.id())
          .setCause(e)
          .log();
    }
  }

  /// Saves the credits if some were spent since they were saved last.
  ///
  /// @param ahead for how long to set credits aside
  synchronized void saveCredits(Duration ahead) {
    if (devices.isEmpty() || !shaping.spentSinceSave()) {
      return;
    }
    try {
      store(record.withCredits(shaping.save(ahead)));
    } catch (IOException e) {
      LOG.atWarn()
          .setMessage("burst credits cannot be saved; a kill of the node would give some back")
          .addKeyValue("volume", folder.id())
          .setCause(e)
          .log();
    }
  }

  /// Changes size, type or figures, attached or not. When this returns, the change is completed.
  synchronized void modify(ModifyRequest asked) {
    checkThere();
    if (record.state() != VolumeState.AVAILABLE) {
      throw ControlException.Conflict.incorrectState(
          "Volume %s is %s and cannot be modified."
              .formatted(folder.id(), record.state().apiName()));
    }
    VolumeSpec before = record.spec();
    VolumeSpec target = surroundings.target(record, attached, asked);
    Modification begun = Modification.begin(before, target, surroundings.now());
    try {
      store(record.modifying(begun));
    } catch (IOException e) {
      throw DiskFailure.of("modify volume " + folder.id(), e);
    }
    try {
      folder.reserve(target);
      VolumeRecord changed = record.withLastModification(begun.optimizing(0));
      boolean sameType = before.type() == target.type();
      store(sameType ? changed : changed.withCredits(Optional.empty()));
      if (devices.isPresent() && target.sizeGib() > before.sizeGib()) {
        devices.get().grow(record.sizeBytes());
      }
    } catch (IOException e) {
      takeBack(begun, e);
      throw DiskFailure.of("modify volume " + folder.id(), e);
    }
    shaping.reshape(target);
    complete(record.lastModification().orElseThrow());
  }

  /// Records that a modification is done. If that cannot be recorded it is done all the same, and
  /// the next start says so.
  private void complete(Modification counting) {
    VolumeRecord completed = record.withLastModification(counting.completed(surroundings.now()));
    storeOutcome(completed.withCredits(shaping.save(ahead())));
  }

  /// For how long to set credits aside.
  private Duration ahead() {
    return attached ? CreditKeeper.AHEAD : Duration.ZERO;
  }

  /// Records that a modification has failed, and that the volume is as it was.
  private void takeBack(Modification begun, IOException cause) {
    VolumeRecord failed =
        record.withLastModification(begun.failed(cause.getMessage(), surroundings.now()));
    storeOutcome(failed.withCredits(shaping.save(ahead())));
  }

  /// Stores what became of a modification. It is so even if that fails; the next start then finds
  /// the modification as it was recorded last.
  private void storeOutcome(VolumeRecord outcome) {
    try {
      store(outcome);
    } catch (IOException e) {
      record = outcome;
      LOG.atWarn()
          .setMessage("what became of a modification cannot be recorded")
          .addKeyValue("volume", folder.id())
          .addKeyValue("modification", outcome.lastModification().orElseThrow().state())
          .setCause(e)
          .log();
    }
  }

  /// Deletes the volume. If that fails half-way, it stays `deleting` and can be deleted again.
  synchronized void delete() {
    checkThere();
    if (!attachments.isEmpty()) {
      throw ControlException.Conflict.inUse(folder.id());
    }
    if (!holds.isEmpty()) {
      throw ControlException.Conflict.incorrectState(
          "A snapshot of volume %s is being made; delete the volume when it is completed."
              .formatted(folder.id()));
    }
    try {
      if (devices.isPresent()) {
        closeDevices();
      }
      store(record.withState(VolumeState.DELETING));
      folder.delete();
      gone = true;
    } catch (IOException e) {
      throw DiskFailure.of("delete volume " + folder.id(), e);
    }
  }

  /// Puts the volume into `error` if its devices refuse changes from now on.
  void requestFailed(VolumeException cause) {
    synchronized (this) {
      if (devices.filter(DevicePipeline::failed).isPresent()) {
        fail(cause);
      }
    }
  }

  private void fail(VolumeException cause) {
    if (record.state() == VolumeState.ERROR) {
      return;
    }
    LOG.atError()
        .setMessage("volume failed")
        .addKeyValue("volume", folder.id())
        .setCause(cause)
        .log();
    VolumeRecord failed = record.failed("a flush failed: " + cause.getMessage());
    try {
      store(failed);
    } catch (IOException e) {
      record = failed; // true all the same
      LOG.atError()
          .setMessage("volume failed and that cannot be recorded")
          .addKeyValue("volume", folder.id())
          .setCause(e)
          .log();
    }
  }

  private void store(VolumeRecord next) throws IOException {
    folder.store(next);
    record = next;
  }

  /// Removes what a failed creation left; the next start does if this cannot.
  private void discard() {
    gone = true;
    try {
      folder.delete();
    } catch (IOException e) {
      LOG.atWarn()
          .setMessage("cannot remove a volume whose creation failed; the next start will")
          .addKeyValue("folder", folder)
          .setCause(e)
          .log();
    }
  }

  private void checkThere() {
    if (retired) {
      throw new IllegalStateException("the catalogue is closed");
    }
    if (gone) {
      throw ControlException.NotFound.volume(folder.id().text());
    }
  }
}
