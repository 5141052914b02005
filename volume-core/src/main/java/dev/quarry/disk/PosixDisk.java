package dev.quarry.disk;

import dev.quarry.block.VolumeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A folder of the operating system. Files are readable by their owner only.
///
/// Names that begin with a dot are this class's own: files on their way to replace another, and
/// space kept for the next of them.
public final class PosixDisk implements Disk {
  private static final Set<PosixFilePermission> OWNER_READ_WRITE =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final Set<PosixFilePermission> OWNER_ALL =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private static final Logger LOG = LoggerFactory.getLogger(PosixDisk.class);

  /// One page: records are smaller.
  private static final long SPARE_BYTES = 4096;

  private final Path folder;

  private PosixDisk(Path folder) {
    this.folder = folder;
  }

  /// Opens a folder, making it and its parents if they are not there.
  public static PosixDisk open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Path parent = folder.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ALL));
      if (parent != null) {
        forceFolder(parent);
      }
    }
    return new PosixDisk(folder);
  }

  @Override
  public DiskFile open(String name) throws IOException {
    Path path = path(name);
    boolean made = !Files.exists(path);
    PosixFile file = PosixFile.open(path);
    if (made) {
      forceFolder(folder);
    }
    return file;
  }

  @Override
  public MappedFile map(String name, long sizeBytes) throws IOException {
    Path path = path(name);
    boolean made = !Files.exists(path);
    MappedFile file = PosixMappedFile.open(path, sizeBytes);
    if (made) {
      forceFolder(folder);
    }
    return file;
  }

  @Override
  public Optional<byte[]> read(String name) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(path(name)));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  /// The new file is written where the last replacement left a spare with its space allocated, so
  /// that records can be replaced on a full disk too: a node must start there for its owner to make
  /// room.
  @Override
  public void replace(String name, byte[] contents) throws IOException {
    Path target = path(name);
    Path fresh = folder.resolve("." + name + ".new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(OWNER_READ_WRITE))) {
      Files.setPosixFilePermissions(fresh, OWNER_READ_WRITE); // whatever became of the spare
      ByteBuffer left = ByteBuffer.wrap(contents);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.truncate(contents.length);
      channel.force(true);
    }
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    leaveSpare(fresh, contents.length);
    forceFolder(folder);
  }

  /// Allocates the space for the next replacement. Without it that needs space of its own.
  private static void leaveSpare(Path spare, int length) {
    try (PosixFile file = PosixFile.open(spare)) {
      file.allocate(0, Math.max(SPARE_BYTES, length));
    } catch (VolumeException e) {
      LOG.debug("no space for a spare file={} reason={}", spare, e.getMessage());
    }
  }

  @Override
  public void delete(String name) throws IOException {
    if (Files.deleteIfExists(path(name))) {
      forceFolder(folder);
    }
  }

  @Override
  public List<String> files() throws IOException {
    return names(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS));
  }

  @Override
  public List<String> folders() throws IOException {
    return names(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS));
  }

  @Override
  public Disk folder(String name) throws IOException {
    return open(path(name));
  }

  @Override
  public void deleteFolder(String name) throws IOException {
    Path doomed = path(name);
    if (!Files.isDirectory(doomed, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> innermostFirst;
    try (Stream<Path> paths = Files.walk(doomed)) {
      innermostFirst = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : innermostFirst) {
      Files.deleteIfExists(path);
    }
    forceFolder(folder);
  }

  @Override
  public String toString() {
    return folder.toString();
  }

  private List<String> names(Predicate<Path> kind) throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths
          .filter(kind)
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .toList();
    }
  }

  private Path path(String name) {
    if (name.isEmpty() || name.startsWith(".") || name.indexOf('/') >= 0) {
      throw new IllegalArgumentException("not a file name name=" + name);
    }
    return folder.resolve(name);
  }

  private static void forceFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
