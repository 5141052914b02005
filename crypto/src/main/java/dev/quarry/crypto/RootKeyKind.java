package dev.quarry.crypto;

/// What kind of root key a key file is sealed under, by its head.
public enum RootKeyKind {
  /// Derived from a passphrase.
  PASSPHRASE,
  /// Given as it is: by a file or an environment variable.
  KEY
}
