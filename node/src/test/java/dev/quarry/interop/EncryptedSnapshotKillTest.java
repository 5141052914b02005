package dev.quarry.interop;

/// The same with encrypted volumes.
final class EncryptedSnapshotKillTest extends SnapshotKillTest {
  @Override
  boolean encrypted() {
    return true;
  }
}
