package dev.quarry.node;

import dev.quarry.block.VolumeException;
import dev.quarry.nbd.MetadataContext;
import dev.quarry.nbd.StatusExtent;
import dev.quarry.volume.Attachment;
import dev.quarry.volume.MarkRun;
import java.util.List;
import java.util.Map;

/// What NBD clients can ask of a volume beside what it holds.
///
/// | context | bit | says |
/// | --- | --- | --- |
/// | `quarry:changed` | 0 | changed since the volume's last snapshot, or ever if there is none |
/// | | 1 | with bit 0: in doubt after a crash of the machine; may be unchanged |
/// | `quarry:residency` | 0 | in the store only: to read it is to fetch it |
///
/// Runs are in blocks of 4 KiB, what is in doubt in chunks of 512 KiB. A change that was answered
/// before the question is in the answer; one that was not may be.
final class VolumeContexts {
  static final String CHANGED = "quarry:changed";
  static final String RESIDENCY = "quarry:residency";

  /// All there are.
  static final List<String> NAMES = List.of(CHANGED, RESIDENCY);

  private VolumeContexts() {}

  /// Asks a volume's marks.
  private interface Marks {
    List<MarkRun> of(long offset, long length, int limit) throws VolumeException;
  }

  /// The contexts of a volume in use, by their names.
  static Map<String, MetadataContext> of(Attachment attachment) {
    return Map.of(CHANGED, from(attachment::changed), RESIDENCY, from(attachment::residency));
  }

  /// The bits of marks are those on the wire.
  private static MetadataContext from(Marks marks) {
    return (offset, length, limit) ->
        marks.of(offset, length, limit).stream()
            .map(run -> new StatusExtent(run.length(), run.flags()))
            .toList();
  }
}
