package dev.quarry.snapshot;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// The packs that a page or a root refers to, each written once and then known by its index.
///
/// ```
/// varint volumes, 16 bytes each
/// varint groups, each: varint volume, varint seq, u64 attempt, u8 flags (bit 0 manifest, bit 1 moved);
///                      if moved: varint volume, varint seq, u64 attempt of the name it is stored under
/// varint packs, each: varint group, varint number; if moved: varint number it is stored under
/// ```
final class PackTable {
  private static final int MANIFEST = 1;
  private static final int MOVED = 2;

  private PackTable() {}

  private record Group(
      UUID volume,
      long seq,
      long attempt,
      PackKind kind,
      UUID toVolume,
      long toSeq,
      long toAttempt) {
    static Group of(PackRef ref) {
      PackId id = ref.id();
      PackId to = ref.stored();
      return new Group(
          id.volume(), id.seq(), id.attempt(), id.kind(), to.volume(), to.seq(), to.attempt());
    }

    /// Whether packs of this group are stored under other names. A copied pack could keep its
    /// attempt and change its number only; that does not happen, since copies draw a new attempt.
    boolean moved() {
      return !volume.equals(toVolume) || seq != toSeq || attempt != toAttempt;
    }
  }

  /// Collects packs and gives them indexes.
  static final class Builder {
    private final Map<UUID, Integer> volumes = new LinkedHashMap<>();
    private final Map<Group, Integer> groups = new LinkedHashMap<>();
    private final Map<PackRef, Integer> packs = new LinkedHashMap<>();

    int index(PackRef ref) {
      Integer known = packs.get(ref);
      if (known != null) {
        return known;
      }
      Group group = Group.of(ref);
      volumes.putIfAbsent(group.volume, volumes.size());
      if (group.moved()) {
        volumes.putIfAbsent(group.toVolume, volumes.size());
      } else if (ref.moved()) {
        throw new IllegalArgumentException("copies have another attempt pack=" + ref.id());
      }
      groups.putIfAbsent(group, groups.size());
      packs.put(ref, packs.size());
      return packs.size() - 1;
    }

    void write(FieldWriter out) {
      out.varint(volumes.size());
      volumes.keySet().forEach(out::uuid);
      out.varint(groups.size());
      for (Group group : groups.keySet()) {
        int flags = (group.kind == PackKind.MANIFEST ? MANIFEST : 0) | (group.moved() ? MOVED : 0);
        out.varint(volumes.get(group.volume)).varint(group.seq).u64(group.attempt).u8(flags);
        if (group.moved()) {
          out.varint(volumes.get(group.toVolume)).varint(group.toSeq).u64(group.toAttempt);
        }
      }
      out.varint(packs.size());
      for (PackRef ref : packs.keySet()) {
        out.varint(groups.get(Group.of(ref))).varint(ref.id().number());
        if (ref.moved()) {
          out.varint(ref.stored().number());
        }
      }
    }
  }

  static List<PackRef> read(FieldReader in) {
    List<UUID> volumes = new ArrayList<>();
    for (int i = in.count(Bits128.BYTES); i > 0; i--) {
      volumes.add(in.uuid());
    }
    List<Group> groups = new ArrayList<>();
    for (int i = in.count(11); i > 0; i--) {
      groups.add(readGroup(in, volumes));
    }
    List<PackRef> packs = new ArrayList<>();
    for (int i = in.count(2); i > 0; i--) {
      packs.add(readPack(in, groups));
    }
    return packs;
  }

  private static Group readGroup(FieldReader in, List<UUID> volumes) {
    UUID volume = pick(in, volumes);
    long seq = readSeq(in);
    long attempt = in.u64();
    int flags = in.u8();
    in.check((flags & ~(MANIFEST | MOVED)) == 0, "unknown flags of packs");
    PackKind kind = (flags & MANIFEST) != 0 ? PackKind.MANIFEST : PackKind.DATA;
    return (flags & MOVED) == 0
        ? new Group(volume, seq, attempt, kind, volume, seq, attempt)
        : new Group(volume, seq, attempt, kind, pick(in, volumes), readSeq(in), in.u64());
  }

  private static PackRef readPack(FieldReader in, List<Group> groups) {
    Group group = pick(in, groups);
    int number = in.varint(Integer.MAX_VALUE);
    PackId id = new PackId(group.volume, group.seq, group.attempt, group.kind, number);
    if (!group.moved()) {
      return PackRef.of(id);
    }
    int toNumber = in.varint(Integer.MAX_VALUE);
    return new PackRef(
        id, new PackId(group.toVolume, group.toSeq, group.toAttempt, group.kind, toNumber));
  }

  private static long readSeq(FieldReader in) {
    long seq = in.varint();
    in.check(seq > 0, "pack of no snapshot");
    return seq;
  }

  static <T> T pick(FieldReader in, List<T> from) {
    in.check(!from.isEmpty(), "reference into an empty table");
    return from.get(in.varint(from.size() - 1));
  }
}
