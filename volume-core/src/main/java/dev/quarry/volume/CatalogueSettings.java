package dev.quarry.volume;

import dev.quarry.crypto.KeyService;
import dev.quarry.shaping.Limits;
import dev.quarry.shaping.ModificationRate;
import java.util.Optional;

/// What a catalogue holds its volumes to.
///
/// @param limits what the types allow
/// @param modificationRate how often a volume may be modified
/// @param keys wraps the data keys of encrypted volumes; without it there can be none. It stays
///   open until the catalogue is closed, and is not closed with it.
/// @param origins the snapshots that volumes are made from; without it there can be no such
///   volumes. It stays usable until the catalogue is closed.
public record CatalogueSettings(
    Limits limits,
    ModificationRate modificationRate,
    Optional<KeyService> keys,
    Optional<SnapshotOrigins> origins) {

  /// The limits of 2026, modifications as often as one likes, and no encryption.
  public static CatalogueSettings standard() {
    return new CatalogueSettings(
        Limits.of(Limits.Profile.Y2026), ModificationRate.OFF, Optional.empty(), Optional.empty());
  }

  /// These settings with keys.
  public CatalogueSettings with(KeyService service) {
    return new CatalogueSettings(limits, modificationRate, Optional.of(service), origins);
  }

  /// These settings with snapshots to make volumes from.
  public CatalogueSettings with(SnapshotOrigins snapshots) {
    return new CatalogueSettings(limits, modificationRate, keys, Optional.of(snapshots));
  }

  /// These settings with other limits.
  public CatalogueSettings with(Limits other) {
    return new CatalogueSettings(other, modificationRate, keys, origins);
  }

  /// These settings with another rate of modifications.
  public CatalogueSettings with(ModificationRate other) {
    return new CatalogueSettings(limits, other, keys, origins);
  }
}
