package dev.quarry.interop;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives tests an ext4 image with a real directory tree in it, made once per run.
///
/// The tree is this machine's own `/usr/share` (and `/usr/lib` where that is small): thousands of
/// files of all sizes, links, text, compressed and binary data. The image is sparse, so that what
/// copies it meets data and holes.
final class ImageFixture implements ParameterResolver {
  /// The least that a volume can be, and so nothing is left of a volume that the image fills.
  static final long IMAGE_BYTES = 1L << 30;

  /// How much real data is put into it.
  static final long DATA_BYTES = 200L << 20;

  private static final Path FOLDER = Path.of("target/interop/image").toAbsolutePath();

  /// A file system in a file.
  ///
  /// @param dataBytes sum of the lengths of the files in it
  record Image(Path file, long dataBytes, int fileCount) {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Image.class;
  }

  @Override
  public Image resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Tool.require(Tool.MKFS);
    return context
        .getRoot()
        .getStore(Namespace.create(ImageFixture.class))
        .getOrComputeIfAbsent("image", _ -> make(), Image.class);
  }

  private static Image make() {
    try {
      Path tree = FOLDER.resolve("tree");
      Path image = FOLDER.resolve("ext4.img");
      Folders.delete(FOLDER);
      Files.createDirectories(tree);
      TreeCopy copy = new TreeCopy(tree);
      for (Path source : List.of(Path.of("/usr/share"), Path.of("/usr/lib"))) {
        copy.from(source);
      }
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        file.setLength(IMAGE_BYTES);
      }
      Command.of(Tool.MKFS, "-q", "-F", "-N", copy.nodes() + 1024, "-d", tree, image).succeed();
      Folders.delete(tree);
      return new Image(image, copy.bytes, copy.files);
    } catch (IOException e) {
      throw new AssertionError("the image could not be made", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while making the image", e);
    }
  }

  /// Copies files until there are enough of them.
  private static final class TreeCopy extends SimpleFileVisitor<Path> {
    private final Path target;
    private int folders;
    private int files;
    private long bytes;

    TreeCopy(Path target) {
      this.target = target;
    }

    void from(Path source) throws IOException {
      if (bytes < DATA_BYTES) {
        Files.walkFileTree(source, this);
      }
    }

    int nodes() {
      return folders + files;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      Files.createDirectories(copyOf(folder));
      folders++;
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (!attributes.isSymbolicLink() && !(attributes.isRegularFile() && Files.isReadable(file))) {
        return FileVisitResult.CONTINUE;
      }
      Files.copy(file, copyOf(file), LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
      files++;
      bytes += attributes.size();
      return bytes < DATA_BYTES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE; // not ours to read
    }

    private Path copyOf(Path path) {
      return target.resolve(Path.of("/").relativize(path));
    }
  }
}
