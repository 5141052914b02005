package dev.quarry.node;

import dev.quarry.crypto.Evidence;

/// How a node opens its keys.
///
/// @param rootKey where the key comes from that seals all others
/// @param evidence what to do when the audit log and the key file do not fit together
public record KeySettings(RootKeyChoice rootKey, Evidence evidence) {

  /// What holds unless the owner says otherwise.
  public static KeySettings standard() {
    return new KeySettings(new RootKeyChoice.InDataFolder(), Evidence.REQUIRED);
  }
}
