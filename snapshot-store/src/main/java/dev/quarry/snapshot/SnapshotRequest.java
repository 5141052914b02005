package dev.quarry.snapshot;

import dev.quarry.volume.ControlException;
import dev.quarry.volume.FrozenView;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A snapshot to be made.
///
/// @param volume the lineage it will belong to
/// @param view the volume at the instant, frozen with the epoch of `parent`, or 0 without one. The
///   service closes it when it is done.
/// @param parent the snapshot that the view's changes are relative to, from
///   [SnapshotService#parentFor]; nothing for a full one
/// @param description what its maker says of it
/// @param tags what its maker tags it with
/// @param attributes what else is to be kept for those who restore it, such as the key's name
/// @param hints how the volume was used
public record SnapshotRequest(
    UUID volume,
    FrozenView view,
    Optional<ParentSnapshot> parent,
    String description,
    Map<String, String> tags,
    Map<String, String> attributes,
    Hints hints) {

  /// Amazon EC2 API reference, "CreateSnapshot".
  static final int MAX_DESCRIPTION = 255;

  /// Amazon EC2 User Guide, "Tag your Amazon EC2 resources": keys of 128 characters, values of 256.
  static final int MAX_TAGS = 50;

  public SnapshotRequest {
    tags = Map.copyOf(tags);
    attributes = Map.copyOf(attributes);
    check(description, tags);
  }

  /// @throws ControlException.Invalid if they are longer than EBS allows
  static void check(String description, Map<String, String> tags) {
    if (description.length() > MAX_DESCRIPTION) {
      throw new ControlException.Invalid(
          "InvalidParameterValue",
          "A description has at most %d characters; this one has %d."
              .formatted(MAX_DESCRIPTION, description.length()));
    }
    if (tags.size() > MAX_TAGS) {
      throw new ControlException.Invalid(
          "TagLimitExceeded",
          "A snapshot has at most %d tags; these are %d.".formatted(MAX_TAGS, tags.size()));
    }
  }
}
