package dev.quarry.snapshot;

import dev.quarry.snapshot.SnapshotRoot.About;
import dev.quarry.snapshot.SnapshotRoot.Counts;
import dev.quarry.snapshot.SnapshotRoot.PackRun;
import dev.quarry.snapshot.SnapshotRoot.Parent;
import dev.quarry.volume.ChunkLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// Roots as bytes. `docs/formats-snapshots.md` draws them.
///
/// ```
///  0  "QROT"   4  u16 version 1   6  u8 seal scheme   7  u8 0   8  key id (16)
/// 24  volume (16)   40  u64 seq   48  u64 attempt   56  salt (16)   72  u32 sealed length
/// 76  the sealed body, bound to bytes 0 to 75   …  u32 CRC32C of everything before
/// ```
final class RootCodec {
  static final int VERSION = 1;

  /// The most a root has, in bytes.
  static final int MAX_BYTES = 64 * 1024;

  private static final byte[] MAGIC = "QROT".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = 76;
  private static final int BODY_NUMBER = 0;

  private RootCodec() {}

  /// @param salt random, never used before
  static byte[] encode(Seals seals, SnapshotRoot root, long attempt, Bits128 salt) {
    byte[] body = body(root);
    int sealedLength = body.length + Seals.TAG_BYTES;
    byte[] header =
        new FieldWriter()
            .raw(MAGIC)
            .u16(VERSION)
            .u8(seals.scheme())
            .u8(0)
            .bits(seals.keyId())
            .uuid(root.about().volume())
            .u64(root.about().seq())
            .u64(attempt)
            .bits(salt)
            .u32(sealedLength)
            .toByteArray();
    byte[] sealed = new byte[sealedLength];
    try (Seals.Sealer sealer = seals.root(salt.bytes())) {
      sealer.seal(BODY_NUMBER, header, body, 0, body.length, sealed, 0);
    }
    byte[] bytes = new FieldWriter().raw(header).raw(sealed).checksum().toByteArray();
    if (bytes.length > MAX_BYTES) {
      throw new SnapshotException.IncorrectState(
          "tags and description are too long snapshot=%s bytes=%d max=%d"
              .formatted(root.about().id(), bytes.length, MAX_BYTES));
    }
    return bytes;
  }

  /// @throws SnapshotException.Corrupt if this is not the root of that snapshot and attempt
  static SnapshotRoot decode(
      Seals seals, String object, UUID volume, long seq, long attempt, byte[] bytes) {
    FieldReader in = new FieldReader(object, bytes);
    in.check(bytes.length <= MAX_BYTES, "root is too long");
    in.expect(MAGIC, "not a root");
    in.check(in.u16() == VERSION, "root of an unknown version");
    in.check(in.u8() == seals.scheme() && in.u8() == 0, "root is sealed in another way");
    in.check(in.bits().equals(seals.keyId()), "root is sealed under another key");
    in.check(in.uuid().equals(volume) && in.u64() == seq, "root of another snapshot lies here");
    in.check(in.u64() == attempt, "root of another attempt lies here");
    Bits128 salt = in.bits();
    int sealedLength = in.int32();
    in.check(
        sealedLength >= Seals.TAG_BYTES && in.remaining() == sealedLength + 4L,
        "root has another length than it says");
    in.raw(sealedLength);
    in.check(in.u32() == Checksums.crc32c(bytes, 0, bytes.length - 4), "root is damaged");
    byte[] body = new byte[sealedLength - Seals.TAG_BYTES];
    byte[] header = Arrays.copyOf(bytes, HEADER_BYTES);
    try (Seals.Sealer sealer = seals.root(salt.bytes())) {
      in.check(
          sealer.open(BODY_NUMBER, header, bytes, HEADER_BYTES, sealedLength, body, 0),
          "root is not what was sealed");
    }
    return body(new FieldReader(object, body), volume, seq);
  }

  /// The MAC of a root, which the commit and the next root carry.
  static Mac mac(Seals seals, byte[] bytes) {
    byte[] labelled =
        new FieldWriter().raw("root".getBytes(StandardCharsets.US_ASCII)).raw(bytes).toByteArray();
    return seals.mac(labelled, labelled.length);
  }

  private static byte[] body(SnapshotRoot root) {
    FieldWriter out = new FieldWriter();
    About about = root.about();
    out.text(about.id().text()).varint(about.sizeBytes());
    out.varint(ChunkLayout.CHUNK_BYTES).varint(ChunkLayout.BLOCK_BYTES);
    out.varint(about.cutEpoch()).varint(about.startMillis()).text(about.description());
    putMap(out, about.tags());
    putMap(out, about.attributes());
    out.flag(about.group().isPresent());
    about.group().ifPresent(out::uuid);
    out.flag(root.parent().isPresent());
    root.parent().ifPresent(p -> out.uuid(p.volume()).varint(p.seq()).mac(p.rootMac()));
    out.varint(root.keyRing().size());
    root.keyRing().forEach(out::bits);
    Counts counts = root.counts();
    out.varint(counts.dataChunks()).varint(counts.writtenChunks());
    out.varint(counts.plainBytes()).varint(counts.storedBytes());
    out.varint(root.ownPacks().size());
    for (PackRun run : root.ownPacks()) {
      out.u8(run.kind().code()).u64(run.attempt()).varint(run.first()).varint(run.count());
    }
    putReferences(out, root);
    return out.toByteArray();
  }

  private static void putReferences(FieldWriter out, SnapshotRoot root) {
    PackTable.Builder packs = new PackTable.Builder();
    FieldWriter rest = new FieldWriter();
    rest.varint(root.manifestPacks().size());
    root.manifestPacks().forEach((ref, live) -> rest.varint(packs.index(ref)).varint(live));
    rest.flag(root.top().isPresent());
    root.top()
        .ifPresent(top -> {
          rest.u8(top.level());
          FrameColumns.write(rest, packs, List.of(top.where()));
          rest.varint(top.dataChunkCount()).bits(top.hash());
        });
    rest.varint(root.heat().size());
    FrameColumns.write(rest, packs, root.heat());
    rest.flag(root.trace().isPresent());
    root.trace().ifPresent(trace -> FrameColumns.write(rest, packs, List.of(trace)));
    packs.write(out);
    out.raw(rest.toByteArray());
  }

  private static SnapshotRoot body(FieldReader in, UUID volume, long seq) {
    SnapshotId id = LogBodyCodec.id(in);
    long sizeBytes = in.varint();
    in.check(in.varint() == ChunkLayout.CHUNK_BYTES, "chunks of another size");
    in.check(in.varint() == ChunkLayout.BLOCK_BYTES, "blocks of another size");
    long cutEpoch = in.varint();
    long startMillis = in.varint();
    String description = in.text();
    Map<String, String> tags = map(in);
    Map<String, String> attributes = map(in);
    Optional<UUID> group = in.flag() ? Optional.of(in.uuid()) : Optional.empty();
    About about =
        new About(
            volume,
            seq,
            id,
            sizeBytes,
            cutEpoch,
            startMillis,
            description,
            tags,
            attributes,
            group);
    Optional<Parent> parent =
        in.flag() ? Optional.of(new Parent(in.uuid(), in.varint(), in.mac())) : Optional.empty();
    List<Bits128> keyRing = new ArrayList<>();
    for (int i = in.count(Bits128.BYTES); i > 0; i--) {
      keyRing.add(in.bits());
    }
    Counts counts = new Counts(in.varint(), in.varint(), in.varint(), in.varint());
    List<PackRun> runs = new ArrayList<>();
    for (int i = in.count(11); i > 0; i--) {
      runs.add(run(in));
    }
    List<PackRef> packs = PackTable.read(in);
    SortedMap<PackRef, Long> manifestPacks = SnapshotRoot.packMap();
    for (int i = in.count(2); i > 0; i--) {
      manifestPacks.put(PackTable.pick(in, packs), in.varint());
    }
    Optional<PageRef> top = in.flag() ? Optional.of(top(in, packs)) : Optional.empty();
    List<FrameRef> heat = FrameColumns.read(in, packs, in.varint(Hints.MAX_HEAT_FRAMES), 0, i -> i);
    heat.forEach(part -> in.check(part.frame().kind() == FrameKind.HEAT, "no part of a heat map"));
    Optional<FrameRef> trace = in.flag() ? Optional.of(trace(in, packs)) : Optional.empty();
    in.end();
    return new SnapshotRoot(
        about,
        parent,
        List.copyOf(keyRing),
        top,
        manifestPacks,
        List.copyOf(runs),
        counts,
        heat,
        trace);
  }

  private static PageRef top(FieldReader in, List<PackRef> packs) {
    int level = in.u8();
    in.check(level <= ManifestLayout.MAX_LEVEL, "tree is too high");
    FrameRef where = FrameColumns.read(in, packs, 1, level, _ -> 0).getFirst();
    in.check(where.frame().kind() == FrameKind.ofPage(level), "top of the tree is no page");
    long dataChunks = in.varint();
    return new PageRef(where, in.bits(), dataChunks);
  }

  private static FrameRef trace(FieldReader in, List<PackRef> packs) {
    FrameRef trace = FrameColumns.read(in, packs, 1, 0, _ -> 0).getFirst();
    in.check(trace.frame().kind() == FrameKind.TRACE, "no boot trace");
    return trace;
  }

  private static PackRun run(FieldReader in) {
    return new PackRun(
        PackKind.of(in.u8(), in),
        in.u64(),
        in.varint(Integer.MAX_VALUE),
        in.varint(Integer.MAX_VALUE));
  }

  private static void putMap(FieldWriter out, Map<String, String> map) {
    out.varint(map.size());
    new TreeMap<>(map).forEach((key, value) -> out.text(key).text(value));
  }

  private static Map<String, String> map(FieldReader in) {
    Map<String, String> map = new TreeMap<>();
    for (int i = in.count(2); i > 0; i--) {
      map.put(in.text(), in.text());
    }
    return map;
  }
}
