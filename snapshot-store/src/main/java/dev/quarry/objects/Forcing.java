package dev.quarry.objects;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Makes a file's bytes, or a folder's entries, durable. A seam, so that a test can tell what a
/// loss of power would leave.
interface Forcing {

  void force(Path path) throws IOException;

  /// By fsync(2).
  static void toDisk(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
