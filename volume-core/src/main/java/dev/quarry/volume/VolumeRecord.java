package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.shaping.Modification;
import dev.quarry.shaping.Provisioned;
import dev.quarry.shaping.SavedCredits;
import dev.quarry.shaping.VolumeSpec;
import dev.quarry.shaping.VolumeType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// What is known about a volume besides its data.
///
/// Immutable. The catalogue hands out the record as it is at that moment; only there can
/// [VolumeState#IN_USE] be seen, which is not stored.
///
/// @param id its id
/// @param name a name that no other volume has, if it was given one
/// @param provisioned its type, with what was provisioned for it
/// @param multiAttach whether several clients may attach it at a time
/// @param sizeBytes its size, a multiple of 512
/// @param tags its tags, ordered by key
/// @param createdAt when it was created
/// @param life how it stands between its creation and its deletion
/// @param encryption how it is encrypted, if it is
/// @param snapshots what snapshots have to do with it
/// @param credits what was left of its burst credits, if its type has any
/// @param modifications its latest modifications, at most [#KEPT_MODIFICATIONS], oldest first
public record VolumeRecord(
    VolumeId id,
    Optional<String> name,
    Provisioned provisioned,
    boolean multiAttach,
    long sizeBytes,
    Map<String, String> tags,
    Instant createdAt,
    Life life,
    Optional<Encryption> encryption,
    Snapshots snapshots,
    Optional<SavedCredits> credits,
    List<Modification> modifications) {
  /// As many as [dev.quarry.shaping.ModificationRate] ever counts.
  public static final int KEPT_MODIFICATIONS = 4;

  private static final long GIB = 1L << 30;

  public VolumeRecord {
    if (multiAttach && !provisioned.type().multiAttach()) {
      throw new IllegalArgumentException("type cannot be shared type=" + provisioned.type());
    }
    if (sizeBytes <= 0 || sizeBytes % BlockDevice.SECTOR_BYTES != 0) {
      throw new IllegalArgumentException("size is not in whole sectors bytes=" + sizeBytes);
    }
    if (modifications.size() > KEPT_MODIFICATIONS) {
      throw new IllegalArgumentException("too many modifications kept n=" + modifications.size());
    }
    tags = Tags.checked(tags);
    modifications = List.copyOf(modifications);
  }

  /// A volume that is being created.
  static VolumeRecord creating(
      VolumeId id, NewVolume asked, Provisioned provisioned, Instant createdAt) {
    return new VolumeRecord(
        id,
        asked.name(),
        provisioned,
        asked.multiAttach(),
        asked.sizeBytes(),
        asked.tags(),
        createdAt,
        new Life(VolumeState.CREATING, 0, Optional.empty(), Optional.empty()),
        Optional.empty(),
        Snapshots.of(asked.source()),
        Optional.empty(),
        List.of());
  }

  /// How a volume stands between its creation and its deletion.
  ///
  /// @param state its state
  /// @param generation how often it was opened so far. Each opening has a larger one, so that what
  ///   an earlier one still wants to do can be told and refused.
  /// @param openBoot the boot id of the kernel under which it is open, or was when it was not
  ///   closed cleanly
  /// @param errorReason why it is in [VolumeState#ERROR]; present in that state only
  public record Life(
      VolumeState state, long generation, Optional<String> openBoot, Optional<String> errorReason) {

    public Life {
      if (generation < 0) {
        throw new IllegalArgumentException("negative generation=" + generation);
      }
      if (errorReason.isPresent() != (state == VolumeState.ERROR)) {
        throw new IllegalArgumentException("a reason belongs to an error state=" + state);
      }
    }
  }

  /// What snapshots have to do with a volume.
  ///
  /// @param origin the snapshot it was made from
  /// @param hydration what is still to be brought from there; nothing once all of it is here
  /// @param parent the snapshot on which its next one builds, in the words of whoever makes them
  public record Snapshots(
      Optional<String> origin, Optional<Hydration> hydration, Optional<String> parent) {
    /// Of a volume that began as zeros and has no snapshot yet.
    public static final Snapshots NONE =
        new Snapshots(Optional.empty(), Optional.empty(), Optional.empty());

    public Snapshots {
      if (hydration.isPresent() && origin.isEmpty()) {
        throw new IllegalArgumentException("hydration without an origin");
      }
    }

    private static Snapshots of(Optional<NewVolume.Source> source) {
      return source
          .map(from ->
              new Snapshots(
                  Optional.of(from.snapshot()),
                  Optional.of(new Hydration(from.initializationMibps())),
                  Optional.empty()))
          .orElse(NONE);
    }
  }

  /// Chunks of a volume that are in the snapshot it was made from only.
  ///
  /// @param mibps the rate in MiB/s at which to bring them; nothing for as fast as it goes
  public record Hydration(OptionalInt mibps) {}

  /// How a volume's data is encrypted.
  ///
  /// @param keyArn the customer key that wraps the data key
  /// @param wrappedDataKey the data key, wrapped, bound to the volume's id
  public record Encryption(String keyArn, byte[] wrappedDataKey) {
    public Encryption {
      wrappedDataKey = wrappedDataKey.clone();
    }

    @Override
    public byte[] wrappedDataKey() {
      return wrappedDataKey.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Encryption that
          && keyArn.equals(that.keyArn)
          && Arrays.equals(wrappedDataKey, that.wrappedDataKey);
    }

    @Override
    public int hashCode() {
      return 31 * keyArn.hashCode() + Arrays.hashCode(wrappedDataKey);
    }

    @Override
    public String toString() {
      return "Encryption[keyArn=" + keyArn + "]";
    }
  }

  /// Its type.
  public VolumeType type() {
    return provisioned.type();
  }

  /// The IOPS provisioned, if its type has any.
  public OptionalInt iops() {
    return provisioned.iops();
  }

  /// The throughput provisioned in MiB/s, if its type has any.
  public OptionalInt throughputMibps() {
    return provisioned.throughputMibps();
  }

  /// Its state.
  public VolumeState state() {
    return life.state();
  }

  /// How often it was opened so far.
  public long generation() {
    return life.generation();
  }

  /// Under which kernel it is open, or was when it was not closed cleanly.
  public Optional<String> openBoot() {
    return life.openBoot();
  }

  /// Why it is in [VolumeState#ERROR], if it is.
  public Optional<String> errorReason() {
    return life.errorReason();
  }

  /// The snapshot it was made from, if it was made from one.
  public Optional<String> originSnapshot() {
    return snapshots.origin();
  }

  /// The snapshot on which its next one builds, if there is one.
  public Optional<String> parentSnapshot() {
    return snapshots.parent();
  }

  /// What is still to be brought from the snapshot it was made from.
  public Optional<Hydration> hydration() {
    return snapshots.hydration();
  }

  /// What its limits follow from.
  public VolumeSpec spec() {
    return new VolumeSpec((int) Math.ceilDiv(sizeBytes, GIB), provisioned, multiAttach);
  }

  /// Its latest modification, if it was ever modified.
  public Optional<Modification> lastModification() {
    return modifications.isEmpty() ? Optional.empty() : Optional.of(modifications.getLast());
  }

  /// Whether it can be attached or is.
  public boolean usable() {
    return state() == VolumeState.AVAILABLE || state() == VolumeState.IN_USE;
  }

  /// This volume in a state that needs no reason.
  VolumeRecord withState(VolumeState newState) {
    return with(new Life(newState, generation(), openBoot(), Optional.empty()));
  }

  /// This volume opened once more, under a kernel.
  VolumeRecord opened(String bootId) {
    return with(new Life(state(), generation() + 1, Optional.of(bootId), errorReason()));
  }

  /// This volume closed with all its data and marks durable.
  VolumeRecord closedCleanly() {
    return with(new Life(state(), generation(), Optional.empty(), errorReason()));
  }

  /// This volume after something it should hold may have been lost.
  VolumeRecord failed(String reason) {
    return with(new Life(VolumeState.ERROR, generation(), openBoot(), Optional.of(reason)));
  }

  private VolumeRecord with(Life newLife) {
    return with(
        provisioned,
        multiAttach,
        sizeBytes,
        newLife,
        encryption,
        snapshots,
        credits,
        modifications);
  }

  /// This volume encrypted.
  VolumeRecord encrypted(Encryption newEncryption) {
    return with(
        provisioned,
        multiAttach,
        sizeBytes,
        life,
        Optional.of(newEncryption),
        snapshots,
        credits,
        modifications);
  }

  /// This volume with another snapshot for its next one to build on, or with none.
  VolumeRecord withParent(Optional<String> newParent) {
    return with(new Snapshots(snapshots.origin(), snapshots.hydration(), newParent));
  }

  /// This volume with all that it was made from on the local disk.
  VolumeRecord hydrated() {
    return with(new Snapshots(snapshots.origin(), Optional.empty(), snapshots.parent()));
  }

  private VolumeRecord with(Snapshots newSnapshots) {
    return with(
        provisioned,
        multiAttach,
        sizeBytes,
        life,
        encryption,
        newSnapshots,
        credits,
        modifications);
  }

  /// This volume with other credits.
  VolumeRecord withCredits(Optional<SavedCredits> newCredits) {
    return with(
        provisioned,
        multiAttach,
        sizeBytes,
        life,
        encryption,
        snapshots,
        newCredits,
        modifications);
  }

  /// This volume with one modification more. As long as that is `modifying`, nothing else changes.
  VolumeRecord modifying(Modification begun) {
    List<Modification> all = new ArrayList<>(modifications);
    all.add(begun);
    int dropped = Math.max(0, all.size() - KEPT_MODIFICATIONS);
    return with(
        provisioned,
        multiAttach,
        sizeBytes,
        life,
        encryption,
        snapshots,
        credits,
        all.subList(dropped, all.size()));
  }

  /// This volume with its latest modification further on, and with the size and figures that then
  /// count.
  VolumeRecord withLastModification(Modification next) {
    VolumeSpec counts = next.effective();
    List<Modification> all = new ArrayList<>(modifications);
    all.set(all.size() - 1, next);
    long newSizeBytes = counts.equals(spec()) ? sizeBytes : counts.sizeGib() * GIB;
    return with(
        counts.provisioned(),
        counts.multiAttach(),
        newSizeBytes,
        life,
        encryption,
        snapshots,
        credits,
        all);
  }

  /// This volume after a restart: a modification that was cut short is over, one way or the other.
  VolumeRecord settled(Instant now) {
    return lastModification()
        .map(last ->
            switch (last.state()) {
              case MODIFYING ->
                  withLastModification(last.failed("the node ended; modify it again", now));
              case OPTIMIZING -> withLastModification(last.completed(now));
              case COMPLETED, FAILED -> this;
            })
        .orElse(this);
  }

  private VolumeRecord with(
      Provisioned newProvisioned,
      boolean newMultiAttach,
      long newSizeBytes,
      Life newLife,
      Optional<Encryption> newEncryption,
      Snapshots newSnapshots,
      Optional<SavedCredits> newCredits,
      List<Modification> newModifications) {
    return new VolumeRecord(
        id,
        name,
        newProvisioned,
        newMultiAttach,
        newSizeBytes,
        tags,
        createdAt,
        newLife,
        newEncryption,
        newSnapshots,
        newCredits,
        newModifications);
  }
}
