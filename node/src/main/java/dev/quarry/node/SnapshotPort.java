package dev.quarry.node;

import dev.quarry.volume.ControlException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/// Where a snapshot's contents come from or go to: a file, or a Unix socket that whoever asks for
/// it listens on, for standard input and output.
///
/// Who may use the control API may do all that the node may, so that any path is theirs to name.
sealed interface SnapshotPort {

  /// A file of this machine, which the node itself reads or writes.
  record LocalFile(Path path) implements SnapshotPort {

    /// Opens it to be read.
    FileChannel read() {
      try {
        return FileChannel.open(path, StandardOpenOption.READ);
      } catch (IOException e) {
        throw invalid("cannot be read", path, e);
      }
    }

    /// Makes it, which must not be there, readable by its owner only.
    FileChannel make() {
      try {
        return FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } catch (FileAlreadyExistsException e) {
        throw new ControlException.Invalid(
            "InvalidParameterValue",
            "The file %s is there; name another, or remove it.".formatted(path));
      } catch (IOException e) {
        throw invalid("cannot be made", path, e);
      }
    }
  }

  /// A stream through a Unix socket.
  record Stream(Path socket) implements SnapshotPort {

    /// Connects to it.
    SocketChannel connect() {
      try {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
          channel.connect(UnixDomainSocketAddress.of(socket));
          return channel;
        } catch (IOException | RuntimeException e) {
          channel.close();
          throw e;
        }
      } catch (IOException e) {
        throw invalid("cannot be connected to", socket, e);
      }
    }
  }

  /// What a request names.
  static SnapshotPort of(Parameters parameters) {
    Optional<Path> path = parameters.text("path").map(SnapshotPort::absolute);
    Optional<Path> socket = parameters.text("socket").map(SnapshotPort::absolute);
    if (path.isPresent() == socket.isPresent()) {
      throw new ApiException(
          400, "InvalidParameterCombination", "the request must have one of path and socket");
    }
    return path.<SnapshotPort>map(LocalFile::new).orElseGet(() -> new Stream(socket.orElseThrow()));
  }

  private static Path absolute(String text) {
    Path path = Path.of(text);
    if (!path.isAbsolute()) {
      throw new ApiException(
          400, "InvalidParameterValue", "the path must be absolute path=" + text);
    }
    return path;
  }

  private static ControlException invalid(String verb, Path path, IOException e) {
    return new ControlException.Invalid(
        "InvalidParameterValue", "%s %s: %s".formatted(path, verb, e));
  }
}
