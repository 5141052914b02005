package dev.quarry.disk;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// One folder of the local disk.
///
/// Names are single path elements. Unless said otherwise a change is durable when its method
/// returns. Implementations are safe for use by many threads, but two callers must not change one
/// name at a time.
public interface Disk {

  /// Opens a file for positional I/O, making it with size 0 if it is not there. That it exists is
  /// durable when this returns; its contents are when they are forced.
  DiskFile open(String name) throws IOException;

  /// Opens a file as words in memory, making it if it is not there and growing it, sparsely, to
  /// `sizeBytes` if it is smaller.
  MappedFile map(String name, long sizeBytes) throws IOException;

  /// The whole contents of a small file, or nothing if it is not there.
  Optional<byte[]> read(String name) throws IOException;

  /// Replaces a small file, or makes it, at once and durably: after a crash it holds the old
  /// contents or the new, whole. (Write a new file, force it, rename it over the old, force the
  /// folder.)
  void replace(String name, byte[] contents) throws IOException;

  /// Deletes a file if it is there.
  void delete(String name) throws IOException;

  /// The names of the files in this folder, in no order.
  List<String> files() throws IOException;

  /// The names of the folders in this folder, in no order.
  List<String> folders() throws IOException;

  /// A folder inside this one, made if it is not there.
  Disk folder(String name) throws IOException;

  /// Deletes a folder and all that is in it, if it is there.
  void deleteFolder(String name) throws IOException;
}
