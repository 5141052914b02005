package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import java.time.Instant;
import java.util.Arrays;
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
/// @param type the EBS volume type, such as `gp3`
/// @param iops the IOPS provisioned, for types that have them
/// @param throughputMibps the throughput provisioned in MiB/s, for types that have it
/// @param sizeBytes its size, a multiple of 512
/// @param tags its tags, ordered by key
/// @param createdAt when it was created
/// @param state its state
/// @param generation how often it was opened so far. Each opening has a larger one, so that what an
///   earlier one still wants to do can be told and refused.
/// @param openBoot the boot id of the kernel under which it is open, or was when it was not closed
///   cleanly
/// @param errorReason why it is in [VolumeState#ERROR]; present in that state only
/// @param encryption how it is encrypted, if it is
/// @param originSnapshot the snapshot it was made from
/// @param parentSnapshot the snapshot on which its next one builds
/// @param burstBalance what was left of its burst credits
public record VolumeRecord(
    VolumeId id,
    Optional<String> name,
    String type,
    OptionalInt iops,
    OptionalInt throughputMibps,
    long sizeBytes,
    Map<String, String> tags,
    Instant createdAt,
    VolumeState state,
    long generation,
    Optional<String> openBoot,
    Optional<String> errorReason,
    Optional<Encryption> encryption,
    Optional<String> originSnapshot,
    Optional<String> parentSnapshot,
    Optional<BurstBalance> burstBalance) {

  public VolumeRecord {
    if (sizeBytes <= 0 || sizeBytes % BlockDevice.SECTOR_BYTES != 0) {
      throw new IllegalArgumentException("size is not in whole sectors bytes=" + sizeBytes);
    }
    if (generation < 0) {
      throw new IllegalArgumentException("negative generation=" + generation);
    }
    if (errorReason.isPresent() != (state == VolumeState.ERROR)) {
      throw new IllegalArgumentException("a reason belongs to an error state=" + state);
    }
    tags = Tags.checked(tags);
  }

  /// How a volume's data is encrypted.
  ///
  /// @param keyId the customer key that wraps the data key
  /// @param wrappedDataKey the data key, wrapped
  public record Encryption(String keyId, byte[] wrappedDataKey) {
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
          && keyId.equals(that.keyId)
          && Arrays.equals(wrappedDataKey, that.wrappedDataKey);
    }

    @Override
    public int hashCode() {
      return 31 * keyId.hashCode() + Arrays.hashCode(wrappedDataKey);
    }

    @Override
    public String toString() {
      return "Encryption[keyId=" + keyId + "]";
    }
  }

  /// What is in a volume's credit bucket.
  ///
  /// @param credits I/O credits, or bytes for types that burst in throughput
  /// @param asOf when that was
  public record BurstBalance(long credits, Instant asOf) {
    public BurstBalance {
      if (credits < 0) {
        throw new IllegalArgumentException("negative credits=" + credits);
      }
    }
  }

  /// Whether it can be attached or is.
  public boolean usable() {
    return state == VolumeState.AVAILABLE || state == VolumeState.IN_USE;
  }

  /// This volume in a state that needs no reason.
  VolumeRecord withState(VolumeState newState) {
    return with(sizeBytes, newState, generation, openBoot, Optional.empty());
  }

  /// This volume with another size.
  VolumeRecord withSizeBytes(long newSizeBytes) {
    return with(newSizeBytes, state, generation, openBoot, errorReason);
  }

  /// This volume opened once more, under a kernel.
  VolumeRecord opened(String bootId) {
    return with(sizeBytes, state, generation + 1, Optional.of(bootId), errorReason);
  }

  /// This volume closed with all its data and marks durable.
  VolumeRecord closedCleanly() {
    return with(sizeBytes, state, generation, Optional.empty(), errorReason);
  }

  /// This volume after something it should hold may have been lost.
  VolumeRecord failed(String reason) {
    return with(sizeBytes, VolumeState.ERROR, generation, openBoot, Optional.of(reason));
  }

  private VolumeRecord with(
      long newSizeBytes,
      VolumeState newState,
      long newGeneration,
      Optional<String> newOpenBoot,
      Optional<String> newErrorReason) {
    return new VolumeRecord(
        id,
        name,
        type,
        iops,
        throughputMibps,
        newSizeBytes,
        tags,
        createdAt,
        newState,
        newGeneration,
        newOpenBoot,
        newErrorReason,
        encryption,
        originSnapshot,
        parentSnapshot,
        burstBalance);
  }
}
