package dev.quarry.objects;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Objects as files: `a/b/c` is the file `c` in the folder `b` in the folder `a`, with the object's
/// bytes and nothing else in it. Files are readable by their owner only. Several processes may use
/// one folder.
///
/// An object is written to a file of its own first, in the folder `.incoming`; that file is forced,
/// then linked to the object's name, which fails if the name is there, then the folders that lead
/// to it are forced. So a name appears at once and whole, and is there after a loss of power once
/// it was reported. The checksum is an extended attribute (`user.quarry.crc32c`, eight hexadecimal
/// digits); where the file system has none, or a copy has lost it, reads are not verified.
///
/// The file system must have hard links.
public final class DirectoryStore implements ObjectStore {
  static final Set<PosixFilePermission> OWNER =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private static final String INCOMING = ".incoming";
  private static final String CHECKSUM = "quarry.crc32c";

  private final Path root;
  private final Path incoming;
  private final Forcing forcing;
  private final DurableFolders folders;
  private final boolean checksums;
  private volatile boolean closed;

  private DirectoryStore(Path root, Path incoming, Forcing forcing, boolean checksums) {
    this.root = root;
    this.incoming = incoming;
    this.forcing = forcing;
    this.folders = new DurableFolders(root, forcing);
    this.checksums = checksums;
  }

  /// Opens a folder, making it if it is not there, and removes what a crash left of unfinished
  /// puts.
  public static DirectoryStore open(Path root) throws ObjectStoreException {
    return open(root, Forcing::toDisk);
  }

  static DirectoryStore open(Path root, Forcing forcing) throws ObjectStoreException {
    Path absolute = root.toAbsolutePath().normalize();
    try {
      makeDurable(absolute, forcing);
      Path incoming = absolute.resolve(INCOMING);
      Files.createDirectories(incoming, PosixFilePermissions.asFileAttribute(OWNER));
      IncomingFile.sweep(incoming);
      boolean checksums =
          Files.getFileStore(absolute)
              .supportsFileAttributeView(UserDefinedFileAttributeView.class);
      return new DirectoryStore(absolute, incoming, forcing, checksums);
    } catch (IOException e) {
      throw DirectoryErrors.failed("open", absolute, e);
    }
  }

  private static void makeDurable(Path folder, Forcing forcing) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.getParent();
    makeDurable(parent, forcing);
    Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER));
    forcing.force(parent);
  }

  @Override
  public Put putIfAbsent(String name, MemorySegment bytes) throws ObjectStoreException {
    Requests.checkPut(name, bytes);
    Path path = path(name);
    try (IncomingFile file = IncomingFile.create(incoming)) {
      if (checksums) {
        writeChecksum(file.path(), Crc32c.of(bytes));
      }
      file.write(bytes);
      forcing.force(file.path());
      boolean linked = folders.link(file.path(), path);
      if (!linked) {
        checkIsObject(name, path);
      }
      return linked ? Put.CREATED : Put.EXISTED;
    } catch (IOException e) {
      checkFoldersAreFolders(name);
      throw DirectoryErrors.failed("put", path, e);
    }
  }

  @Override
  public Optional<byte[]> get(String name) throws ObjectStoreException {
    Path path = path(name);
    try {
      Optional<BasicFileAttributes> found = find(path);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      if (found.get().size() > MAX_OBJECT_BYTES) {
        throw new ObjectStoreException.Corrupt(
            "object is larger than any that was put name=%s size=%d"
                .formatted(name, found.get().size()));
      }
      byte[] bytes = Files.readAllBytes(path);
      OptionalInt expected = readChecksum(path);
      if (expected.isPresent()) {
        Crc32c.verify(name, bytes, expected.getAsInt());
      }
      return Optional.of(bytes);
    } catch (NoSuchFileException _) {
      return Optional.empty(); // deleted meanwhile
    } catch (IOException e) {
      throw DirectoryErrors.failed("get", path, e);
    }
  }

  @Override
  public boolean getRange(String name, long offset, MemorySegment into)
      throws ObjectStoreException {
    Requests.checkRange(name, offset, into);
    Path path = path(name);
    try {
      Optional<BasicFileAttributes> found = find(path);
      if (found.isEmpty()) {
        return false;
      }
      Requests.checkInside(name, offset, into.byteSize(), found.get().size());
      readFully(path, offset, into.asByteBuffer());
      return true;
    } catch (NoSuchFileException _) {
      return false;
    } catch (IOException e) {
      throw DirectoryErrors.failed("get", path, e);
    }
  }

  @Override
  public Optional<Head> head(String name) throws ObjectStoreException {
    Path path = path(name);
    try {
      Optional<BasicFileAttributes> found = find(path);
      return found.isEmpty()
          ? Optional.empty()
          : Optional.of(new Head(found.get().size(), readChecksum(path)));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw DirectoryErrors.failed("head", path, e);
    }
  }

  @Override
  public Page list(String prefix, String startAfter, int limit) throws ObjectStoreException {
    Requests.checkList(prefix, startAfter, limit);
    checkOpen();
    try {
      return DirectoryListing.list(root, prefix, startAfter, limit);
    } catch (IOException e) {
      throw DirectoryErrors.failed("list", root.resolve(prefix), e);
    }
  }

  @Override
  public void delete(String name) throws ObjectStoreException {
    Path path = path(name);
    folders.checkForced();
    try {
      if (find(path).isPresent() && Files.deleteIfExists(path)) {
        folders.removed(path);
      }
    } catch (IOException e) {
      throw DirectoryErrors.failed("delete", path, e);
    }
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public String toString() {
    return "DirectoryStore(" + root + ")";
  }

  /// Where an object is. Names cannot lead out of the root: no element begins with a dot.
  private Path path(String name) throws ObjectStoreException {
    checkOpen();
    return root.resolve(ObjectName.check(name));
  }

  private static Optional<BasicFileAttributes> find(Path path) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return Optional.of(attributes).filter(BasicFileAttributes::isRegularFile);
    } catch (FileSystemException e) {
      if (e instanceof NoSuchFileException || !Files.isDirectory(path.getParent())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static void readFully(Path path, long offset, ByteBuffer into) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      while (into.hasRemaining()) {
        if (channel.read(into, offset + into.position()) < 0) {
          throw new EOFException("file ends early");
        }
      }
    }
  }

  private static void writeChecksum(Path path, int crc32c) throws IOException {
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
    view.write(
        CHECKSUM, ByteBuffer.wrap("%08x".formatted(crc32c).getBytes(StandardCharsets.US_ASCII)));
  }

  private OptionalInt readChecksum(Path path) throws IOException {
    if (!checksums) {
      return OptionalInt.empty();
    }
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
    if (!view.list().contains(CHECKSUM)) {
      return OptionalInt.empty();
    }
    ByteBuffer digits = ByteBuffer.allocate(view.size(CHECKSUM));
    view.read(CHECKSUM, digits);
    try {
      return OptionalInt.of(
          Integer.parseUnsignedInt(new String(digits.array(), StandardCharsets.US_ASCII), 16));
    } catch (NumberFormatException _) {
      throw new ObjectStoreException.Corrupt("checksum of an object is no number path=" + path);
    }
  }

  private static void checkIsObject(String name, Path path) {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new IllegalArgumentException("object name is a folder of another name=" + name);
    }
  }

  private void checkFoldersAreFolders(String name) {
    for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
      String folder = name.substring(0, slash);
      if (Files.isRegularFile(root.resolve(folder), LinkOption.NOFOLLOW_LINKS)) {
        throw new IllegalArgumentException(
            "object name has a folder that is an object name=%s other=%s".formatted(name, folder));
      }
    }
  }

  private void checkOpen() throws ObjectStoreException {
    if (closed) {
      throw new ObjectStoreException.Stopped("store is closed store=" + this, null);
    }
  }
}
