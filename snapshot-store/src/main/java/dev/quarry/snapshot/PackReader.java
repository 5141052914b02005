package dev.quarry.snapshot;

import java.util.Arrays;
import java.util.List;

/// Reads a whole pack: verifies its checksum and opens its directory.
record PackReader(PackHeader header, List<Frame> frames) {
  /// @param object the name it was read under
  /// @param expected which pack it has to be
  /// @throws SnapshotException.Corrupt if it is not that pack
  static PackReader open(Seals seals, String object, PackId expected, byte[] pack) {
    PackFooter footer = PackFooter.ofPack(object, pack);
    byte[] head = Arrays.copyOf(pack, PackHeader.BYTES);
    List<Frame> frames =
        frames(seals, object, expected, head, footer, pack, footer.directoryOffset());
    return new PackReader(PackHeader.decode(object, head), frames);
  }

  /// The frames of a pack, by its header, its footer and its directory.
  ///
  /// @param expected which pack it has to be
  /// @param sealed has the directory from `offset` on
  /// @throws SnapshotException.Corrupt if they are not those of that pack
  static List<Frame> frames(
      Seals seals,
      String object,
      PackId expected,
      byte[] head,
      PackFooter footer,
      byte[] sealed,
      int offset) {
    PackHeader header = PackHeader.decode(object, head);
    if (!header.id().equals(expected)) {
      throw new SnapshotException.Corrupt(object, "another pack lies here pack=" + header.id());
    }
    if (header.scheme() != seals.scheme() || !header.keyId().equals(seals.keyId())) {
      throw new SnapshotException.Corrupt(
          object, "pack is sealed under another key key=" + header.keyId());
    }
    byte[] directory = new byte[Math.max(0, footer.directoryLength() - Seals.TAG_BYTES)];
    try (Seals.Sealer sealer = expected.kind().sealer(seals, header.directorySalt().bytes())) {
      if (footer.directoryLength() < Seals.TAG_BYTES
          || !sealer.open(0, head, sealed, offset, footer.directoryLength(), directory, 0)) {
        throw new SnapshotException.Corrupt(object, "pack directory is not what was sealed");
      }
    }
    return PackDirectory.decode(object, directory, footer);
  }
}
