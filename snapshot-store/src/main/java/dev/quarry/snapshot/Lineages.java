package dev.quarry.snapshot;

import dev.quarry.volume.VolumeId;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The lineage that a volume's snapshots are kept under: its id, written as a uuid. So whoever has
/// nothing but the store can tell which volume a snapshot is of. Pure.
///
/// ```
/// vol-0123456789abcdef0
/// 51756172-7279-8012-8345-06789abcdef0
/// ```
///
/// A version 8 uuid (RFC 9562, section 5.8): the letters "Quarry", then the 17 digits of the id in
/// groups of 3, 3 and 11, the last behind a 0.
public final class Lineages {
  private static final Pattern ID = Pattern.compile("vol-([0-9a-f]{3})([0-9a-f]{3})([0-9a-f]{11})");
  private static final Pattern LINEAGE =
      Pattern.compile("51756172-7279-8([0-9a-f]{3})-8([0-9a-f]{3})-0([0-9a-f]{11})");

  private Lineages() {}

  /// The lineage of a volume.
  public static UUID of(VolumeId volume) {
    Matcher digits = ID.matcher(volume.text());
    if (!digits.matches()) {
      throw new IllegalArgumentException("not a volume id id=" + volume);
    }
    return UUID.fromString(
        "51756172-7279-8%s-8%s-0%s".formatted(digits.group(1), digits.group(2), digits.group(3)));
  }

  /// The volume of a lineage; nothing if it is not one that [#of] makes, as for imports.
  public static Optional<VolumeId> volumeOf(UUID lineage) {
    Matcher digits = LINEAGE.matcher(lineage.toString());
    return digits.matches()
        ? Optional.of(new VolumeId("vol-" + digits.group(1) + digits.group(2) + digits.group(3)))
        : Optional.empty();
  }
}
