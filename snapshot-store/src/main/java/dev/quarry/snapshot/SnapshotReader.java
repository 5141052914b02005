package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import java.util.function.Consumer;

/// Reads a committed snapshot: which frames a chunk is made of, and its bytes.
///
/// Memory is that of the page cache, and of what is being read. Safe for use by many threads.
final class SnapshotReader {
  private final SnapshotRoot root;
  private final FrameFetcher frames;
  private final ManifestReader manifests;
  private final ChunkFetcher chunks;

  SnapshotReader(FrameFetcher frames, SnapshotRoot root, PageCache cache) {
    this.root = root;
    this.frames = frames;
    this.manifests = new ManifestReader(frames, cache);
    this.chunks = new ChunkFetcher(frames);
  }

  /// Reads the root of a snapshot and verifies that it is the one that was committed.
  static SnapshotRoot root(ObjectStore store, Seals seals, Lineage lineage, SnapshotState state) {
    LogBody.Commit commit =
        state
            .outcome()
            .orElseThrow(() ->
                new SnapshotException.IncorrectState(
                    "snapshot is not completed snapshot=" + state.begin().id()));
    String name = ObjectNames.root(lineage.volume(), state.seq(), commit.attempt());
    byte[] bytes =
        Stores.run(() -> store.get(name))
            .orElseThrow(() -> SnapshotException.Corrupt.missing(name, "root"));
    if (!RootCodec.mac(seals, bytes).equals(commit.rootMac())) {
      throw new SnapshotException.Corrupt(
          name, "root is not the one that was committed snapshot=" + state.begin().id());
    }
    return RootCodec.decode(seals, name, lineage.volume(), state.seq(), commit.attempt(), bytes);
  }

  SnapshotRoot root() {
    return root;
  }

  FrameFetcher frames() {
    return frames;
  }

  Hints hints() {
    return Hints.read(frames, root);
  }

  /// What the snapshot says of a chunk. May get pages.
  ChunkEntry entry(long chunk) {
    return manifests
        .leaf(root.top(), ManifestLayout.leafOf(chunk))
        .map(leaf -> leaf.entry(chunk))
        .orElse(ChunkEntry.HOLE);
  }

  /// Reads a chunk, all 512 KiB of it.
  void read(long chunk, byte[] into) {
    chunks.fetch(entry(chunk), into);
  }

  /// Visits the leaves that are there, in the order of the volume.
  void leaves(Consumer<LeafPage> visitor) {
    walk().leaves(root.top(), visitor);
  }

  /// Walks over this snapshot's tree, and over others under the same key.
  ManifestWalk walk() {
    return new ManifestWalk(manifests);
  }
}
