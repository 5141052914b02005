package dev.quarry.volume;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// What is asked for when a volume is created. Not checked yet: [VolumeCatalogue#create] does.
///
/// @param sizeBytes the size, a multiple of 1 GiB from 1 GiB to 64 TiB
/// @param type the EBS volume type
/// @param iops the IOPS to provision, for types that have them
/// @param throughputMibps the throughput to provision in MiB/s, for types that have it
/// @param name a name that no other volume has
/// @param tags tags
/// @param key under which customer key to encrypt it, by id, ARN or alias; not encrypted if empty
/// @param source the snapshot to make it from; zeros if empty
/// @param multiAttach whether several clients may attach it at a time
public record NewVolume(
    long sizeBytes,
    String type,
    OptionalInt iops,
    OptionalInt throughputMibps,
    Optional<String> name,
    Map<String, String> tags,
    Optional<String> key,
    Optional<Source> source,
    boolean multiAttach) {

  /// A snapshot to make a volume from.
  ///
  /// @param snapshot its id
  /// @param keepsDataKey whether the volume is encrypted under the snapshot's data key, and a new
  ///   one otherwise; of no meaning without a customer key
  /// @param initializationMibps the rate in MiB/s at which to bring it to the local disk; nothing
  ///   for as fast as it goes
  public record Source(String snapshot, boolean keepsDataKey, OptionalInt initializationMibps) {}

  /// A gp3 volume without a name.
  public static NewVolume ofGib(long sizeGib) {
    long bytes = sizeGib > Long.MAX_VALUE >> 30 ? Long.MAX_VALUE : sizeGib << 30;
    return ofBytes(bytes);
  }

  /// A gp3 volume without a name.
  public static NewVolume ofBytes(long sizeBytes) {
    return new NewVolume(
        sizeBytes,
        "gp3",
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  public NewVolume named(String newName) {
    return new NewVolume(
        sizeBytes,
        type,
        iops,
        throughputMibps,
        Optional.of(newName),
        tags,
        key,
        source,
        multiAttach);
  }

  public NewVolume ofType(String newType) {
    return new NewVolume(
        sizeBytes, newType, iops, throughputMibps, name, tags, key, source, multiAttach);
  }

  public NewVolume withIops(int newIops) {
    return new NewVolume(
        sizeBytes,
        type,
        OptionalInt.of(newIops),
        throughputMibps,
        name,
        tags,
        key,
        source,
        multiAttach);
  }

  public NewVolume withThroughputMibps(int newMibps) {
    return new NewVolume(
        sizeBytes, type, iops, OptionalInt.of(newMibps), name, tags, key, source, multiAttach);
  }

  public NewVolume tagged(Map<String, String> newTags) {
    return new NewVolume(
        sizeBytes, type, iops, throughputMibps, name, newTags, key, source, multiAttach);
  }

  public NewVolume encryptedUnder(String newKey) {
    return new NewVolume(
        sizeBytes,
        type,
        iops,
        throughputMibps,
        name,
        tags,
        Optional.of(newKey),
        source,
        multiAttach);
  }

  public NewVolume madeFrom(Source newSource) {
    return new NewVolume(
        sizeBytes,
        type,
        iops,
        throughputMibps,
        name,
        tags,
        key,
        Optional.of(newSource),
        multiAttach);
  }

  public NewVolume sharedByClients() {
    return new NewVolume(sizeBytes, type, iops, throughputMibps, name, tags, key, source, true);
  }
}
