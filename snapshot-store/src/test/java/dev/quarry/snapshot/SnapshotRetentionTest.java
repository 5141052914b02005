package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.snapshot.LogBody.LockMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The recycle bin, and locks.
class SnapshotRetentionTest {
  private final Seals seals = Samples.plain();
  private final DeletionScene scene = new DeletionScene(_ -> seals, store -> store);
  private final SnapshotService service = scene.service(scene.memory, 2);
  private final SnapshotId id = scene.second;

  @Test
  void trash_thenRestore_showsItAgainWithItsBytes() {
    service.trash(id, Duration.ofDays(7));
    assertEquals(List.of(id), ids(service.bin(Samples.VOLUME)));
    assertTrue(!ids(service.list(Samples.VOLUME)).contains(id), "hidden");
    assertEquals(Optional.of(in(Duration.ofDays(7))), service.show(id).binExitTime());
    assertThrows(SnapshotException.IncorrectState.class, () -> service.reader(id));
    service.collect(Samples.VOLUME);
    service.restoreFromBin(id);
    scene.check(service, "restored");
    assertThrows(SnapshotException.IncorrectState.class, () -> service.restoreFromBin(id));
  }

  @Test
  void expire_beforeAndAfterItsTime_deletesAfterOnly() {
    service.trash(id, Duration.ofDays(7));
    scene.clock.advance(Duration.ofDays(6));
    service.expire(Samples.VOLUME);
    assertEquals(List.of(id), ids(service.bin(Samples.VOLUME)));
    scene.clock.advance(Duration.ofDays(1));
    service.expire(Samples.VOLUME);
    assertThrows(SnapshotException.NotFound.class, () -> service.restoreFromBin(id));
    assertEquals(1, service.collect(Samples.VOLUME).snapshots());
    scene.live.remove(id);
    scene.check(service, "expired");
  }

  @Test
  void trash_outsideOfOneDayToAYear_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> service.trash(id, Duration.ofDays(366)));
    assertThrows(IllegalArgumentException.class, () -> service.trash(id, Duration.ZERO));
  }

  @Test
  void governanceLock_whileItHolds_forbidsToDeleteAndCanBeTakenAway() {
    lock(LockMode.GOVERNANCE, Duration.ofDays(10));
    assertEquals(SnapshotLock.State.GOVERNANCE, state());
    assertThrows(SnapshotException.Locked.class, () -> service.delete(id));
    assertThrows(SnapshotException.Locked.class, () -> service.trash(id, Duration.ofDays(1)));
    assertThrows(SnapshotException.Locked.class, () -> service.wouldFreeBytes(id));
    lock(LockMode.GOVERNANCE, Duration.ofDays(1)); // shorter
    service.unlock(id);
    assertThrows(SnapshotException.IncorrectState.class, () -> service.unlock(id));
    service.delete(id);
  }

  @Test
  void complianceLock_thatHasCooledOff_canOnlyBeMadeLonger() {
    service.lock(
        id, LockMode.COMPLIANCE, Optional.of(Duration.ofHours(24)), in(Duration.ofDays(10)));
    assertEquals(SnapshotLock.State.COMPLIANCE_COOLOFF, state());
    assertThrows(SnapshotException.Locked.class, () -> service.delete(id));
    lock(LockMode.COMPLIANCE, Duration.ofDays(8)); // shorter, still cooling off
    scene.clock.advance(Duration.ofHours(24));
    assertEquals(SnapshotLock.State.COMPLIANCE, state());
    assertThrows(SnapshotException.Locked.class, () -> service.unlock(id));
    assertThrows(
        SnapshotException.Locked.class, () -> lock(LockMode.COMPLIANCE, Duration.ofDays(6)));
    assertThrows(
        SnapshotException.Locked.class, () -> lock(LockMode.GOVERNANCE, Duration.ofDays(90)));
    lock(LockMode.COMPLIANCE, Duration.ofDays(90));
    scene.clock.advance(Duration.ofDays(90));
    assertEquals(SnapshotLock.State.EXPIRED, state());
    service.delete(id);
  }

  @Test
  void lock_outsideOfWhatEbsAllows_isRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> lock(LockMode.GOVERNANCE, Duration.ofDays(36_501)));
    assertThrows(IllegalArgumentException.class, () -> lock(LockMode.NONE, Duration.ofDays(1)));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            service.lock(
                id,
                LockMode.COMPLIANCE,
                Optional.of(Duration.ofHours(73)),
                in(Duration.ofDays(9))));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            service.lock(
                id, LockMode.GOVERNANCE, Optional.of(Duration.ofHours(2)), in(Duration.ofDays(9))));
  }

  private void lock(LockMode mode, Duration time) {
    service.lock(id, mode, Optional.empty(), in(time));
  }

  private SnapshotLock.State state() {
    return service.show(id).lock().orElseThrow().state();
  }

  private Instant in(Duration time) {
    return scene.clock.instant().plus(time);
  }

  private static List<SnapshotId> ids(List<SnapshotInfo> infos) {
    return infos.stream().map(SnapshotInfo::id).toList();
  }
}
