package dev.quarry.volume;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/// Which clients may attach a volume beside those that have: none, or fifteen of a volume that is
/// made for it (EBS User Guide, "Attach a volume to multiple instances using Multi-Attach").
final class MultiAttach {
  /// As above: "up to 16 instances".
  static final int CLIENT_LIMIT = 16;

  private MultiAttach() {}

  /// Checks that a client may attach a volume now. One that has it attached may again.
  ///
  /// @param present the clients that have it attached, each as often as it has
  /// @throws ControlException.Conflict with code `VolumeInUse` if the volume is not for several
  /// @throws ControlException.LimitExceeded with code `AttachmentLimitExceeded` if there are enough
  static void check(VolumeRecord volume, Collection<String> present, String client) {
    Set<String> others =
        present.stream().filter(name -> !name.equals(client)).collect(Collectors.toSet());
    if (others.isEmpty() || others.size() < present.stream().distinct().count()) {
      return; // nobody else, or it is one of them
    }
    if (!volume.multiAttach()) {
      throw new ControlException.Conflict(
          "VolumeInUse",
          "Volume %s is in use by another client; only io1 and io2 volumes with Multi-Attach may be attached by several."
              .formatted(volume.id()));
    }
    if (others.size() >= CLIENT_LIMIT) {
      throw new ControlException.LimitExceeded(
          "AttachmentLimitExceeded",
          "Volume %s is attached by %d clients, which is the most."
              .formatted(volume.id(), others.size()),
          null);
    }
  }
}
