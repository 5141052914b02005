package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// A snapshot that a process left pending. A root is put when everything else is durable, so one
/// that is there and whole means that only the commit is missing; without one the snapshot cannot
/// be completed, since the view that it was read from went with the process.
record Leftover(ObjectStore store, Seals seals, Lineage lineage, SnapshotState state) {
  /// The entry that ends it.
  LogBody resolution() {
    String prefix = ObjectNames.roots(lineage.volume(), state.seq());
    List<String> roots = Stores.run(() -> Stores.names(store, prefix));
    for (String name : roots) {
      Optional<LogBody> commit = commit(name, name.substring(prefix.length()));
      if (commit.isPresent()) {
        return commit.get();
      }
    }
    return new LogBody.Abort(state.seq(), "the process that made it ended");
  }

  private Optional<LogBody> commit(String name, String attempt) {
    try {
      long bits = HexFormat.fromHexDigitsToLong(attempt);
      Optional<byte[]> bytes = Stores.run(() -> store.get(name));
      return bytes.map(there -> {
        SnapshotRoot root =
            RootCodec.decode(seals, name, lineage.volume(), state.seq(), bits, there);
        return new LogBody.Commit(
            state.seq(),
            bits,
            RootCodec.mac(seals, there),
            root.fullSizeBytes(),
            root.counts().storedBytes());
      });
    } catch (SnapshotException.Corrupt | IllegalArgumentException e) {
      return Optional.empty(); // not one that could be committed
    }
  }
}
