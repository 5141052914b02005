package dev.quarry.nbd;

/// Whether a client talks through TLS.
public enum TlsMode {
  /// It cannot.
  OFF,
  /// It may. Who listens in between can keep a client from it that does not insist.
  ON,
  /// It has to, before it learns anything.
  REQUIRED
}
