package dev.quarry.snapshot;

/// A pack and where it is. A copy in another lineage keeps the identity that its frames are bound
/// to, under a name of its own.
///
/// @param id what its frames are bound to
/// @param stored the name it lies under, the same unless it was copied
public record PackRef(PackId id, PackId stored) {
  public PackRef {
    if (id.kind() != stored.kind()) {
      throw new IllegalArgumentException("a copied pack keeps its kind id=" + id);
    }
  }

  static PackRef of(PackId id) {
    return new PackRef(id, id);
  }

  boolean moved() {
    return !id.equals(stored);
  }
}
