package dev.quarry.nbd;

import dev.quarry.block.VolumeException;
import java.util.List;

/// One kind of knowledge about the ranges of a device in use, which clients can ask for ("Metadata
/// querying"). Any worker may call it at any time.
public interface MetadataContext {

  /// The status of a range: extents that adjoin, from `offset` on, together not longer than
  /// `length`.
  ///
  /// @param limit the most extents to return, at least 1; the answer may end before the range does
  List<StatusExtent> extents(long offset, long length, int limit) throws VolumeException;
}
