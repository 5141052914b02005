package dev.quarry.snapshot;

import java.util.HexFormat;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A snapshot as its volume remembers it: what the next one builds on. All of it is compared with
/// the log before it is believed, so that a volume whose epochs tell of another past is never made
/// an increment of the wrong thing.
///
/// @param volume its lineage; for a volume made from a snapshot, that of the snapshot
/// @param seq its number there
/// @param cutEpoch the epoch of the volume that ended at its instant
/// @param rootMac the MAC of its root
public record ParentSnapshot(UUID volume, long seq, long cutEpoch, Mac rootMac) {
  private static final Pattern TEXT =
      Pattern.compile(
          "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(\\d{1,18}):(\\d{1,18}):([0-9a-f]{64})");

  /// Reads what [#toString] wrote.
  ///
  /// @throws IllegalArgumentException if it is something else
  public static ParentSnapshot of(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not a parent snapshot text=" + text);
    }
    return new ParentSnapshot(
        UUID.fromString(parts.group(1)),
        Long.parseLong(parts.group(2)),
        Long.parseLong(parts.group(3)),
        Mac.of(HexFormat.of().parseHex(parts.group(4))));
  }

  /// All of it in one line, for the volume's record: lineage, number, epoch and MAC, with colons in
  /// between.
  @Override
  public String toString() {
    return volume + ":" + seq + ":" + cutEpoch + ":" + rootMac;
  }
}
