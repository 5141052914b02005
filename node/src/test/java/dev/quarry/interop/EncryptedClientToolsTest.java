package dev.quarry.interop;

/// The same with encrypted volumes.
final class EncryptedClientToolsTest extends ClientToolsTest {
  @Override
  boolean encrypted() {
    return true;
  }
}
