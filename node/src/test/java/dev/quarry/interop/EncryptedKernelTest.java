package dev.quarry.interop;

/// The same with encrypted volumes.
final class EncryptedKernelTest extends KernelTest {
  @Override
  boolean encrypted() {
    return true;
  }
}
