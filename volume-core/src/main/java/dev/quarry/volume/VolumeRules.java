package dev.quarry.volume;

import static dev.quarry.volume.ControlException.Invalid.value;

import java.util.List;
import java.util.regex.Pattern;

/// What a request to create or to grow a volume must keep to, whatever volumes there are.
final class VolumeRules {
  static final long GIB = 1L << 30;

  /// EBS User Guide, "Amazon EBS volume types".
  private static final List<String> TYPES =
      List.of("gp2", "gp3", "io1", "io2", "sc1", "st1", "standard");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private VolumeRules() {}

  static void check(NewVolume asked) {
    checkSize(asked.sizeBytes());
    checkType(asked.type());
    asked.name().ifPresent(VolumeRules::checkName);
    Tags.checked(asked.tags());
  }

  static void checkSize(long sizeBytes) {
    if (sizeBytes == 0) {
      throw ControlException.Invalid.missing("size/snapshot");
    }
    if (sizeBytes < GIB) {
      throw value(
          "The volume size is invalid: %d bytes. Volumes must be at least 1 GiB in size."
              .formatted(sizeBytes));
    }
    if (sizeBytes > ChunkLayout.MAX_VOLUME_BYTES) {
      throw value(
          "Volume of %dGiB is too large; maximum is %dGiB"
              .formatted(Math.ceilDiv(sizeBytes, GIB), ChunkLayout.MAX_VOLUME_BYTES / GIB));
    }
    if (sizeBytes % GIB != 0) {
      throw value(
          "The volume size is invalid: %d bytes. It must be whole GiB (1,073,741,824 bytes), such as %dGiB."
              .formatted(sizeBytes, Math.ceilDiv(sizeBytes, GIB)));
    }
  }

  static void checkGrowth(long currentBytes, long newBytes) {
    checkSize(newBytes);
    if (newBytes < currentBytes) {
      throw value(
          "New size cannot be smaller than existing size (%dGiB); volumes only grow."
              .formatted(currentBytes / GIB));
    }
  }

  private static void checkType(String type) {
    if (!TYPES.contains(type)) {
      throw new ControlException.Invalid(
          "UnknownVolumeType",
          "Unsupported volume type '%s' for volume creation. Use one of %s."
              .formatted(type, String.join(", ", TYPES)));
    }
  }

  private static void checkName(String name) {
    if (!NAME.matcher(name).matches() || name.startsWith("vol-")) {
      throw value(
          "The name '%s' is invalid. It must have 1 to 128 letters, digits, dots, dashes and"
              + " underscores, begin with a letter or digit, and not with 'vol-'.".formatted(name));
    }
  }
}
