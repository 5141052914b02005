package dev.quarry.snapshot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Anchors in a local folder: a file for each volume, replaced atomically. It has one line, the
/// number of the entry and its MAC in hexadecimal.
public final class FolderAnchors implements Anchors {
  private static final Pattern LINE = Pattern.compile("(\\d{1,19}) ([0-9a-f]{64})\n");

  private final Path folder;

  private FolderAnchors(Path folder) {
    this.folder = folder;
  }

  /// Opens a folder, and makes it if it is not there.
  public static FolderAnchors open(Path folder) throws IOException {
    Files.createDirectories(folder);
    return new FolderAnchors(folder);
  }

  @Override
  public synchronized Optional<Anchor> read(UUID volume) {
    Path file = folder.resolve(volume.toString());
    try {
      Matcher line = LINE.matcher(Files.readString(file));
      if (!line.matches()) {
        throw new SnapshotException.Corrupt(file.toString(), "not an anchor");
      }
      Mac mac = Mac.of(HexFormat.of().parseHex(line.group(2)));
      return Optional.of(new Anchor(Long.parseLong(line.group(1)), mac));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read anchor file=" + file, e);
    }
  }

  @Override
  public synchronized List<UUID> volumes() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .flatMap(file -> ObjectNames.lineage(file.getFileName().toString()).stream())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list anchors folder=" + folder, e);
    }
  }

  @Override
  public synchronized void advance(UUID volume, Anchor anchor) {
    Path file = folder.resolve(volume.toString());
    Path fresh = folder.resolve(volume + ".new");
    byte[] line = (anchor.number() + " " + anchor.mac() + "\n").getBytes(StandardCharsets.US_ASCII);
    try {
      try (FileChannel channel =
          FileChannel.open(
              fresh,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(line));
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
        names.force(true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write anchor file=" + file, e);
    }
  }
}
