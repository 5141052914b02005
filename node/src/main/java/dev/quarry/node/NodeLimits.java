package dev.quarry.node;

import dev.quarry.shaping.InstanceLimit;
import dev.quarry.shaping.Limits;
import dev.quarry.shaping.ModificationRate;
import dev.quarry.volume.CatalogueSettings;
import java.util.Map;
import java.util.Optional;

/// What a node holds its volumes and its clients to.
///
/// @param profile the vintage of the volume types
/// @param modificationRate how often a volume may be modified
/// @param node what all clients together are held to that name no group
/// @param groups what the clients of a group are held to, by its name
public record NodeLimits(
    Limits.Profile profile,
    ModificationRate modificationRate,
    Optional<InstanceLimit.Figures> node,
    Map<String, InstanceLimit.Figures> groups) {

  public NodeLimits {
    groups = Map.copyOf(groups);
  }

  /// The types of 2026, modifications as often as one likes, no limit on clients.
  public static NodeLimits standard() {
    return new NodeLimits(Limits.Profile.Y2026, ModificationRate.OFF, Optional.empty(), Map.of());
  }

  /// What of it concerns volumes.
  CatalogueSettings catalogueSettings() {
    return CatalogueSettings.standard().with(Limits.of(profile)).with(modificationRate);
  }
}
