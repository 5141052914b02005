package dev.quarry.snapshot;

import dev.quarry.volume.VolumeId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Copies snapshots into another store, another folder of one, or under another data key.
///
/// A copy is a snapshot of its own, under an id of its own and in a lineage that has copies only
/// (those of EBS have a volume id that is nobody's as well). It needs nothing of the original. A
/// later copy of the same volume has what changed since an earlier one that is there.
///
/// The original is pinned while it is copied. If a copy is interrupted, the next one of that volume
/// ends what it left, as with every snapshot that is interrupted; nothing of it is seen by anybody.
///
/// Safe for use by many threads.
public final class SnapshotCopier {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotCopier.class);

  /// The attribute of a copy that says of which snapshot it is, and the MAC of that one's root.
  static final String COPY_OF = "copyOf";

  private final SnapshotService from;
  private final SnapshotService to;
  private final Clock clock;
  private final Set<UUID> active = ConcurrentHashMap.newKeySet();

  /// @param from has the originals
  /// @param to gets the copies; may be the same
  public SnapshotCopier(SnapshotService from, SnapshotService to, Clock clock) {
    this.from = from;
    this.to = to;
    this.clock = clock;
  }

  /// The lineage of the copies of a volume's snapshots: always the same one, so that a later copy
  /// finds the earlier ones, and one that has the form of a volume's, so that a key can be bound to
  /// it.
  ///
  /// @param key which customer key they are encrypted under; empty if they are not
  public static UUID lineageOf(UUID volume, String key) {
    String text = "quarry copy v1 " + volume + " " + key;
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      String digits = HexFormat.of().formatHex(digest).substring(0, 17);
      return Lineages.of(new VolumeId("vol-" + digits));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /// Begins a copy, which is made in the background.
  ///
  /// @param lineage what the copy is to belong to; its key is in the target store already
  /// @param about what is said of the copy; attributes are added to those of the original
  /// @throws SnapshotException.LimitExceeded if a snapshot of the same volume is being copied there
  public PendingSnapshot copy(SnapshotId id, UUID lineage, SnapshotService.ImportAbout about) {
    if (!active.add(lineage)) {
      throw new SnapshotException.LimitExceeded(
          "a snapshot of this volume is being copied there already id=" + id);
    }
    try {
      to.takeOver(lineage);
      from.releaseAll(id, lineage); // what an interrupted copy left
      from.pin(id, lineage);
      return begin(id, lineage, about);
    } catch (RuntimeException | Error e) {
      end(id, lineage);
      throw e;
    }
  }

  private PendingSnapshot begin(SnapshotId id, UUID lineage, SnapshotService.ImportAbout about) {
    SnapshotReader reader = from.reader(id);
    Optional<Earlier> earlier = earlier(lineage, reader);
    CopyView view =
        new CopyView(
            reader,
            earlier.flatMap(Earlier::original),
            earlier.filter(known -> known.original().isEmpty()).isPresent(),
            new ProgressMeter(clock),
            () -> end(id, lineage));
    Map<String, String> attributes = new HashMap<>(reader.root().about().attributes());
    attributes.putAll(about.attributes());
    attributes.put(COPY_OF, from.parentOf(id).toString());
    return to.copyFrom(
        new SnapshotRequest(
            lineage,
            view,
            earlier.map(Earlier::copy),
            about.description(),
            about.tags(),
            attributes,
            reader.hints()));
  }

  /// A copy that is there, and the snapshot that it is of, if that is still there.
  private record Earlier(ParentSnapshot copy, Optional<SnapshotReader> original) {}

  /// The latest copy that is not larger, best one whose original is still there.
  private Optional<Earlier> earlier(UUID lineage, SnapshotReader reader) {
    Optional<Earlier> other = Optional.empty();
    for (SnapshotInfo info : to.list(lineage).reversed()) {
      if (info.state() != SnapshotInfo.State.COMPLETED
          || info.volumeSizeBytes() > reader.root().about().sizeBytes()) {
        continue;
      }
      ParentSnapshot copy = to.parentOf(info.id());
      Optional<SnapshotReader> original =
          Optional.ofNullable(to.show(info.id()).attributes().get(COPY_OF))
              .flatMap(text -> from.readerOf(ParentSnapshot.of(text)))
              .filter(
                  known -> known.frames().seals().keyId().equals(reader.frames().seals().keyId()));
      if (original.isPresent()) {
        return Optional.of(new Earlier(copy, original));
      }
      if (other.isEmpty()) {
        other = Optional.of(new Earlier(copy, Optional.empty()));
      }
    }
    return other;
  }

  private void end(SnapshotId id, UUID lineage) {
    active.remove(lineage);
    try {
      from.releaseAll(id, lineage);
    } catch (SnapshotException e) {
      LOG.warn("a snapshot stays pinned until the next one of its volume is copied id={}", id, e);
    }
  }
}
