package dev.quarry.crypto;

/// Permission to see raw key bytes. It grants nothing by itself; it exists so that every place that
/// takes key bytes out of a [DataKey] is found by searching for this name.
public final class InsecureKeyAccess {
  private InsecureKeyAccess() {}

  /// Whoever calls this answers for the bytes: wipe them, never print or store them.
  public static InsecureKeyAccess granted() {
    return new InsecureKeyAccess();
  }
}
