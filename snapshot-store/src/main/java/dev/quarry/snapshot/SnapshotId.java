package dev.quarry.snapshot;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// The name by which users know a snapshot: `snap-` and 17 hexadecimal digits, as EC2 writes it
/// (EC2 User Guide, "Resource IDs").
///
/// @param text the name
public record SnapshotId(String text) {
  private static final Pattern FORM = Pattern.compile("snap-[0-9a-f]{17}");

  public SnapshotId {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("not a snapshot id id=" + text);
    }
  }

  /// A new one.
  public static SnapshotId random(RandomGenerator random) {
    String digits =
        HexFormat.of().toHexDigits(random.nextLong())
            + HexFormat.of().toHexDigits((byte) random.nextInt()).charAt(1);
    return new SnapshotId("snap-" + digits);
  }

  @Override
  public String toString() {
    return text;
  }
}
