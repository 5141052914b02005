package dev.quarry.node;

import dev.quarry.snapshot.SnapshotDiff;
import dev.quarry.snapshot.SnapshotDiff.ChangedChunk;
import dev.quarry.snapshot.SnapshotErrors;
import dev.quarry.snapshot.SnapshotId;
import dev.quarry.volume.BlockMask;
import dev.quarry.volume.ChunkLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// What differs between snapshots, page by page: the control API's counterpart of ListChangedBlocks
/// and ListSnapshotBlocks (EBS direct APIs).
final class SnapshotChanges {
  /// The most chunks in one answer, as many as EBS gives.
  private static final int MAX_CHUNKS = 10_000;

  private final NodeSnapshots snapshots;

  SnapshotChanges(NodeSnapshots snapshots) {
    this.snapshots = snapshots;
  }

  ApiReply list(ApiRequest request) {
    Query query = Query.of(request.query(), List.of("since", "from", "limit", "blocks"));
    Optional<SnapshotId> since = query.text("since").map(NodeSnapshots::parse);
    SnapshotId id = NodeSnapshots.parse(request.variable("snapshot"));
    SnapshotDiff diff = snapshots.diff(since, id);
    long from = query.count("from").orElse(0L);
    long limit = Math.min(MAX_CHUNKS, query.count("limit").orElse((long) MAX_CHUNKS));
    boolean blocks = query.text("blocks").filter("true"::equals).isPresent();
    List<JsonObject> changes = new ArrayList<>();
    OptionalLong next =
        SnapshotErrors.translated(
            () -> diff.run(from, limit, blocks, change -> changes.add(json(change))));
    JsonObject answer = new JsonObject().put("snapshotId", id.text());
    since.ifPresent(before -> {
      answer.put("since", before.text());
      answer.put("sinceVolumeSizeBytes", diff.beforeBytes());
    });
    answer.put("volumeSizeBytes", diff.afterBytes());
    answer.put("changes", changes);
    next.ifPresent(chunk -> answer.put("next", chunk));
    return ApiReply.ok(answer);
  }

  private static JsonObject json(ChangedChunk change) {
    JsonObject json = new JsonObject();
    json.put("chunk", change.chunk());
    json.put("offset", change.offset());
    json.put("length", change.length());
    json.put("contents", change.contents().name().toLowerCase(Locale.ROOT));
    change.blocks().ifPresent(mask -> json.put("blocks", ranges(mask)));
    return json;
  }

  /// Runs of blocks, such as `3` and `9-10`.
  private static List<String> ranges(BlockMask mask) {
    List<String> ranges = new ArrayList<>();
    int first = mask.next(0);
    while (first < ChunkLayout.BLOCKS_PER_CHUNK) {
      int behind = mask.nextAbsent(first);
      ranges.add(behind - 1 == first ? "" + first : first + "-" + (behind - 1));
      first = mask.next(behind);
    }
    return ranges;
  }
}
