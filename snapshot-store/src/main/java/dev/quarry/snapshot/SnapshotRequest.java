package dev.quarry.snapshot;

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
    if (description.length() > MAX_DESCRIPTION || tags.size() > MAX_TAGS) {
      throw new IllegalArgumentException(
          "description or tags are too long description=%d tags=%d"
              .formatted(description.length(), tags.size()));
    }
  }
}
