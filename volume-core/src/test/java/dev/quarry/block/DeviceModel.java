package dev.quarry.block;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/// What a device must hold: an array of bytes, and for each sector that changed since it was last
/// made durable all the values it had since then. After a loss of power it may hold any of those.
final class DeviceModel {
  private static final int SECTOR = BlockDevice.SECTOR_BYTES;
  private static final int BLOCK = 4096;

  private final byte[] contents;
  private final Map<Integer, List<byte[]>> versions = new HashMap<>();

  DeviceModel(int sizeBytes) {
    contents = new byte[sizeBytes];
  }

  byte[] contents() {
    return contents.clone();
  }

  byte[] get(long offset, int length) {
    return Arrays.copyOfRange(contents, (int) offset, (int) offset + length);
  }

  boolean isZero(long offset, long length) {
    return TestBytes.all(contents, (int) offset, (int) (offset + length), 0);
  }

  /// A change that returned.
  void put(long offset, byte[] bytes, boolean durable) {
    remember(offset, bytes.length);
    System.arraycopy(bytes, 0, contents, (int) offset, bytes.length);
    remember(offset, bytes.length);
    if (durable) {
      forSectors(offset, bytes.length, versions::remove);
    }
  }

  /// All changes so far are durable.
  void flushed() {
    versions.clear();
  }

  /// The process was killed in the middle of a change; `actual` is what the device holds now.
  void killed(long offset, byte[] bytes, byte[] actual) {
    byte[] whole = contents.clone();
    System.arraycopy(bytes, 0, whole, (int) offset, bytes.length);
    for (int at = 0; at < contents.length; at += BLOCK) {
      int end = Math.min(at + BLOCK, contents.length);
      boolean touched = at < offset + bytes.length && end > offset;
      boolean old = Arrays.equals(contents, at, end, actual, at, end);
      if (!old && !(touched && Arrays.equals(whole, at, end, actual, at, end))) {
        throw new AssertionError(
            "after a kill a block is neither as before the last change nor as after it offset="
                + at);
      }
    }
    remember(offset, bytes.length);
    System.arraycopy(actual, 0, contents, 0, actual.length);
    remember(offset, bytes.length);
  }

  /// Power was lost in the middle of a change; `actual` is what the device holds now.
  void powerLost(long offset, byte[] bytes, byte[] actual) {
    put(offset, bytes, false);
    for (int at = 0; at < contents.length; at += SECTOR) {
      int end = Math.min(at + SECTOR, contents.length);
      byte[] now = Arrays.copyOfRange(actual, at, end);
      if (!mayHold(at / SECTOR, now)) {
        throw new AssertionError(
            "after a power loss a sector holds neither its last durable value nor a later one"
                + " offset="
                + at);
      }
    }
    System.arraycopy(actual, 0, contents, 0, actual.length);
    versions.clear();
  }

  private boolean mayHold(int sector, byte[] now) {
    return versions.getOrDefault(sector, List.of(sector(sector))).stream()
        .anyMatch(version -> Arrays.equals(version, now));
  }

  private void remember(long offset, int length) {
    forSectors(
        offset,
        length,
        sector -> versions.computeIfAbsent(sector, _ -> new ArrayList<>(2)).add(sector(sector)));
  }

  private byte[] sector(int sector) {
    int at = sector * SECTOR;
    return Arrays.copyOfRange(contents, at, Math.min(at + SECTOR, contents.length));
  }

  private static void forSectors(long offset, int length, IntConsumer action) {
    for (int sector = (int) (offset / SECTOR); sector * SECTOR < offset + length; sector++) {
      action.accept(sector);
    }
  }
}
