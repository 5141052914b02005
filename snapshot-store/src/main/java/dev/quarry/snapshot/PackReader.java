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
          || !sealer.open(
              0, head, pack, footer.directoryOffset(), footer.directoryLength(), directory, 0)) {
        throw new SnapshotException.Corrupt(object, "pack directory is not what was sealed");
      }
    }
    return new PackReader(header, PackDirectory.decode(object, directory, footer));
  }
}
