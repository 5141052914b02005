package dev.quarry.interop;

/// The same with encrypted volumes.
final class EncryptedLibnbdScriptTest extends LibnbdScriptTest {
  @Override
  boolean encrypted() {
    return true;
  }
}
