package dev.quarry.interop;

/// The same with encrypted volumes.
final class EncryptedFileSystemImageTest extends FileSystemImageTest {
  @Override
  boolean encrypted() {
    return true;
  }
}
