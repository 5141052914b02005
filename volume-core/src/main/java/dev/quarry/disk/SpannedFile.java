package dev.quarry.disk;

import dev.quarry.block.VolumeException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A file that may be larger than the file system's files: it goes on in further ones.
///
/// ext4 ends a file at 16 TiB less one block (kernel documentation, "ext4: high level design", with
/// blocks of 4 KiB); volumes are up to 64 TiB. So a file called `data` holds the first 8 TiB,
/// `data.1` the next, and so on: up to 8 TiB it is one plain file. All parts but the last are full,
/// because they are made and grown in order.
public final class SpannedFile implements DiskFile {
  private static final long PART_BYTES = 8L << 40;

  private final Disk folder;
  private final String name;
  private final long partBytes;
  private volatile List<DiskFile> parts; // replaced under this, when the file grows or shrinks

  private SpannedFile(Disk folder, String name, long partBytes, List<DiskFile> parts) {
    this.folder = folder;
    this.name = name;
    this.partBytes = partBytes;
    this.parts = parts;
  }

  /// Opens a file with all its parts, making it with size 0 if it is not there.
  public static SpannedFile open(Disk folder, String name) throws IOException {
    return open(folder, name, PART_BYTES);
  }

  /// As [#open(Disk, String)], with parts of another size.
  static SpannedFile open(Disk folder, String name, long partBytes) throws IOException {
    Set<String> there = new HashSet<>(folder.files());
    List<DiskFile> parts = new ArrayList<>();
    try {
      parts.add(folder.open(name));
      while (there.contains(partName(name, parts.size()))) {
        parts.add(folder.open(partName(name, parts.size())));
      }
      return new SpannedFile(folder, name, partBytes, List.copyOf(parts));
    } catch (IOException | RuntimeException e) {
      closeAll(parts);
      throw e;
    }
  }

  /// Deletes a file with all its parts, the last first.
  public static void delete(Disk folder, String name) throws IOException {
    Set<String> there = new HashSet<>(folder.files());
    int count = 1;
    while (there.contains(partName(name, count))) {
      count++;
    }
    for (int part = count - 1; part >= 0; part--) {
      folder.delete(partName(name, part));
    }
  }

  @Override
  public long sizeBytes() throws VolumeException {
    List<DiskFile> now = parts;
    return (now.size() - 1) * partBytes + now.getLast().sizeBytes();
  }

  @Override
  public synchronized void resize(long sizeBytes) throws VolumeException {
    List<DiskFile> resized = new ArrayList<>(parts);
    int count = (int) Math.max(1, Math.ceilDiv(sizeBytes, partBytes));
    try {
      while (resized.size() > count) {
        resized.removeLast().close();
        folder.delete(partName(name, resized.size()));
      }
      for (int part = 0; part < count; part++) {
        if (part == resized.size()) {
          resized.add(folder.open(partName(name, part)));
        }
        resizePart(resized.get(part), Math.min(partBytes, sizeBytes - part * partBytes));
      }
    } catch (VolumeException e) {
      throw e;
    } catch (IOException e) {
      throw new VolumeException.Unavailable("cannot resize file=" + name, e);
    } finally {
      parts = List.copyOf(resized);
    }
  }

  private static void resizePart(DiskFile part, long sizeBytes) throws VolumeException {
    if (part.sizeBytes() != sizeBytes) {
      part.resize(sizeBytes);
    }
  }

  @Override
  public void read(long offset, MemorySegment into, long at, int length) throws VolumeException {
    for (int done = 0; done < length; ) {
      int step = lengthInPart(offset + done, length - done);
      partAt(offset + done).read((offset + done) % partBytes, into, at + done, step);
      done += step;
    }
  }

  @Override
  public boolean tryRead(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    for (int done = 0; done < length; ) {
      int step = lengthInPart(offset + done, length - done);
      if (!partAt(offset + done).tryRead((offset + done) % partBytes, into, at + done, step)) {
        return false;
      }
      done += step;
    }
    return true;
  }

  @Override
  public void write(long offset, MemorySegment from, long at, int length) throws VolumeException {
    for (int done = 0; done < length; ) {
      int step = lengthInPart(offset + done, length - done);
      partAt(offset + done).write((offset + done) % partBytes, from, at + done, step);
      done += step;
    }
  }

  @Override
  public void force() throws VolumeException {
    for (DiskFile part : parts) {
      part.force();
    }
  }

  @Override
  public void punch(long offset, long length) throws VolumeException {
    for (long done = 0; done < length; ) {
      long step = lengthInPart(offset + done, length - done);
      partAt(offset + done).punch((offset + done) % partBytes, step);
      done += step;
    }
  }

  @Override
  public void zero(long offset, long length) throws VolumeException {
    for (long done = 0; done < length; ) {
      long step = lengthInPart(offset + done, length - done);
      partAt(offset + done).zero((offset + done) % partBytes, step);
      done += step;
    }
  }

  @Override
  public boolean clearsFast() {
    return parts.getFirst().clearsFast();
  }

  @Override
  public long nextData(long offset) throws VolumeException {
    List<DiskFile> now = parts;
    long from = offset;
    for (int part = partOf(offset); part < now.size(); part++) {
      long found = now.get(part).nextData(from - part * partBytes);
      if (found < now.get(part).sizeBytes()) {
        return part * partBytes + found;
      }
      from = (part + 1) * partBytes;
    }
    return sizeBytes();
  }

  @Override
  public long nextHole(long offset) throws VolumeException {
    List<DiskFile> now = parts;
    long from = offset;
    for (int part = partOf(offset); part < now.size(); part++) {
      long found = now.get(part).nextHole(from - part * partBytes);
      if (found < now.get(part).sizeBytes()) {
        return part * partBytes + found;
      }
      from = (part + 1) * partBytes;
    }
    return sizeBytes();
  }

  @Override
  public void prefetch(long offset, long length) throws VolumeException {
    for (long done = 0; done < length; ) {
      long step = lengthInPart(offset + done, length - done);
      partAt(offset + done).prefetch((offset + done) % partBytes, step);
      done += step;
    }
  }

  @Override
  public synchronized void close() throws VolumeException {
    closeAll(parts);
  }

  @Override
  public String toString() {
    return parts.getFirst().toString();
  }

  private static void closeAll(List<DiskFile> parts) throws VolumeException {
    for (DiskFile part : parts) {
      part.close();
    }
  }

  private DiskFile partAt(long offset) {
    return parts.get(partOf(offset));
  }

  private int partOf(long offset) {
    return (int) (offset / partBytes);
  }

  private int lengthInPart(long offset, int length) {
    return (int) Math.min(length, partBytes - offset % partBytes);
  }

  private long lengthInPart(long offset, long length) {
    return Math.min(length, partBytes - offset % partBytes);
  }

  private static String partName(String name, int part) {
    return part == 0 ? name : name + "." + part;
  }
}
