package dev.quarry.volume;

import static dev.quarry.volume.ControlException.Invalid.value;

import dev.quarry.shaping.Limits;
import dev.quarry.shaping.Provisioned;
import dev.quarry.shaping.VolumeParameterException;
import dev.quarry.shaping.VolumeRequest;
import dev.quarry.shaping.VolumeType;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// What a request to create a volume must keep to, whatever volumes there are.
final class VolumeRules {
  private static final long GIB = 1L << 30;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private VolumeRules() {}

  /// What is asked for, with what EBS puts where nothing was said.
  static Provisioned check(NewVolume asked, Limits limits) {
    int sizeGib = wholeGib(asked.sizeBytes());
    asked.name().ifPresent(VolumeRules::checkName);
    Tags.checked(asked.tags());
    asked
        .source()
        .map(NewVolume.Source::initializationMibps)
        .ifPresent(mibps -> mibps.ifPresent(VolumeRules::checkInitialization));
    try {
      VolumeRequest request =
          new VolumeRequest(
              OptionalInt.of(sizeGib),
              VolumeType.parse(asked.type()),
              asked.iops(),
              asked.throughputMibps(),
              asked.multiAttach());
      return limits.check(request).provisioned();
    } catch (VolumeParameterException e) {
      throw ControlException.of(e);
    }
  }

  /// A size as EBS counts it.
  static int wholeGib(long sizeBytes) {
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
    return (int) (sizeBytes / GIB);
  }

  /// EBS User Guide, "Initialize Amazon EBS volumes": from 100 to 300 MiB/s.
  private static void checkInitialization(int mibps) {
    if (mibps < 100 || mibps > 300) {
      throw value(
          "Volume initialization rate of %d MiB/s is not supported; it must be from 100 to 300."
              .formatted(mibps));
    }
  }

  private static void checkName(String name) {
    if (!NAME.matcher(name).matches() || name.startsWith("vol-") || name.startsWith("snap-")) {
      throw value(
          "The name '%s' is invalid. It must have 1 to 128 letters, digits, dots, dashes and"
              + " underscores, begin with a letter or digit, and not with 'vol-' or 'snap-'."
                  .formatted(name));
    }
  }
}
