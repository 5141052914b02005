package dev.quarry.volume;

import dev.quarry.block.VolumeException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One volume of a catalogue: its record and, while it is attached, its devices.
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
/// - Grow: make the file larger, then record the size, then show it to clients. No client sees a
///   size that a crash takes back.
/// - Delete: record `deleting`, then delete the files, the record last.
final class Volume {
  private static final Logger LOG = LoggerFactory.getLogger(Volume.class);

  private final VolumeFolder folder;
  private final Host host;
  private final Set<Attachment> attachments = new HashSet<>(); // guarded by this
  private Optional<DevicePipeline> devices = Optional.empty(); // guarded by this
  private boolean gone; // guarded by this: deleted wholly
  private boolean retired; // guarded by this: the catalogue is closed

  private volatile VolumeRecord record; // as stored; changed under this
  private volatile boolean attached; // changed under this

  Volume(VolumeFolder folder, Host host, VolumeRecord record) {
    this.folder = folder;
    this.host = host;
    this.record = record;
  }

  /// The record as it is now, `in-use` included.
  VolumeRecord current() {
    VolumeRecord now = record;
    return attached && now.state() == VolumeState.AVAILABLE
        ? now.withState(VolumeState.IN_USE)
        : now;
  }

  /// Makes the files of a volume in state `creating`, which is then `available`.
  synchronized void create() {
    checkThere();
    try {
      folder.store(record);
      folder.open(record, false).closeDurably();
      store(record.withState(VolumeState.AVAILABLE));
    } catch (IOException e) {
      discard();
      throw DiskFailure.of("create volume " + folder.id(), e);
    }
  }

  /// Attaches once more, opening the devices if this is the first time.
  synchronized Attachment attach() {
    checkThere();
    if (record.state() != VolumeState.AVAILABLE) {
      throw ControlException.Conflict.incorrectState(
          "Volume %s is %s and cannot be attached.%s"
              .formatted(folder.id(), record.state().apiName(), advice()));
    }
    try {
      if (devices.isEmpty()) {
        devices = Optional.of(open());
      }
    } catch (IOException e) {
      throw DiskFailure.of("open volume " + folder.id(), e);
    }
    Attachment attachment = new Attachment(this, devices.get().front());
    attachments.add(attachment);
    attached = true;
    return attachment;
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
    boolean machineCrashed =
        record.openBoot().filter(boot -> !boot.equals(host.bootId())).isPresent();
    DevicePipeline opened = folder.open(record, machineCrashed);
    try {
      store(record.opened(host.bootId()));
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /// Takes an attachment away; the last closes the devices.
  synchronized void detach(Attachment attachment) throws VolumeException {
    if (attachments.remove(attachment) && attachments.isEmpty()) {
      closeDevices();
    }
  }

  /// Ends all attachments, closes the devices, and lets nothing more be done.
  synchronized void retire() throws VolumeException {
    retired = true;
    if (!attachments.isEmpty()) {
      attachments.forEach(Attachment::end);
      attachments.clear();
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
      store(record.closedCleanly());
    } catch (IOException e) {
      // Nothing is lost: the next opening takes more care than it needs to.
      LOG.atWarn()
          .setMessage("volume closed but not recorded as closed")
          .addKeyValue("volume", folder.id())
          .setCause(e)
          .log();
    }
  }

  /// Makes the volume larger, attached or not.
  synchronized void grow(long newSizeBytes) {
    checkThere();
    if (record.state() != VolumeState.AVAILABLE) {
      throw ControlException.Conflict.incorrectState(
          "Volume %s is %s and cannot be modified."
              .formatted(folder.id(), record.state().apiName()));
    }
    VolumeRules.checkGrowth(record.sizeBytes(), newSizeBytes);
    VolumeRecord before = record;
    try {
      folder.reserve(newSizeBytes);
      store(record.withSizeBytes(newSizeBytes));
      if (devices.isPresent()) {
        devices.get().grow(newSizeBytes);
      }
    } catch (IOException e) {
      takeBack(before);
      throw DiskFailure.of("grow volume " + folder.id(), e);
    }
  }

  private void takeBack(VolumeRecord before) {
    try {
      store(before);
    } catch (IOException e) {
      LOG.atWarn()
          .setMessage("growth that failed may be recorded")
          .addKeyValue("volume", folder.id())
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
    try {
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
