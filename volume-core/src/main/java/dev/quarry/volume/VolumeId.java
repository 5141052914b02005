package dev.quarry.volume;

import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// The id of a volume: `vol-` and 17 lower-case hex digits, as EBS has them since 2018 (EC2 User
/// Guide, "Resource IDs": 17 characters).
///
/// @param text the id as it is written
public record VolumeId(String text) implements Comparable<VolumeId> {
  private static final Pattern FORM = Pattern.compile("vol-[0-9a-f]{17}");

  /// @throws ControlException.Invalid with code `InvalidVolumeID.Malformed`
  public VolumeId {
    if (!FORM.matcher(text).matches()) {
      throw new ControlException.Invalid(
          "InvalidVolumeID.Malformed",
          "Invalid id: \"%s\" (expecting \"vol-\" and 17 lower-case hex digits)".formatted(text));
    }
  }

  /// Reads an id.
  ///
  /// @throws ControlException.Invalid with code `InvalidVolumeID.Malformed`
  public static VolumeId parse(String text) {
    return new VolumeId(text);
  }

  /// A new id. 68 random bits: among a million volumes two are alike with odds of 1 to 500 million.
  public static VolumeId generate(RandomGenerator random) {
    return new VolumeId("vol-%016x%x".formatted(random.nextLong(), random.nextInt(16)));
  }

  /// Whether a text has the form of an id.
  public static boolean isId(String text) {
    return FORM.matcher(text).matches();
  }

  @Override
  public int compareTo(VolumeId other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
