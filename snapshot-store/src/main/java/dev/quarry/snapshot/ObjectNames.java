package dev.quarry.snapshot;

import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The names of all objects, below the store's prefix.
///
/// ```
/// v/<volume>/log/<N, 20 digits>                       entry of the lineage log
/// v/<volume>/ckpt/<N, 20 digits>                      the log folded up to N
/// v/<volume>/s/<seq>/<xx>/d<nnnnnn>-<attempt>         data pack; xx spreads them over prefixes
/// v/<volume>/s/<seq>/m<nnnnnn>-<attempt>              manifest pack
/// v/<volume>/s/<seq>/root-<attempt>                   root
/// v/<volume>/keys/<key id>/<revision, 10 digits>      wrapped data key
/// i/<snapshot id>                                     which volume a snapshot is of
/// ```
final class ObjectNames {
  /// What all names of lineages' objects begin with.
  static final String VOLUMES = "v/";

  /// Comes behind `/` in the order of names, so that a lineage's name with it comes behind all of
  /// the lineage's objects.
  static final String BEHIND = "0";

  /// What all names of pointers begin with.
  static final String POINTERS = "i/";

  private static final Pattern SEQ = Pattern.compile("([1-9][0-9]{0,17})/");

  /// Behind the prefix of a lineage's snapshots.
  private static final Pattern PACK =
      Pattern.compile("([1-9][0-9]{0,17})/(?:[0-9a-f]{2}/)?([dm])([0-9]{6,9})-([0-9a-f]{16})");

  private ObjectNames() {}

  static String volume(UUID volume) {
    return VOLUMES + volume + "/";
  }

  /// The part of a name of a lineage's object that says which.
  static String volumeIn(String name) {
    int end = name.indexOf('/', VOLUMES.length());
    return name.substring(VOLUMES.length(), end < 0 ? name.length() : end);
  }

  /// The lineage that such a part says; nothing if somebody else put the object there.
  static Optional<UUID> lineage(String text) {
    try {
      return Optional.of(UUID.fromString(text)).filter(uuid -> uuid.toString().equals(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  static String log(UUID volume) {
    return volume(volume) + "log/";
  }

  static String entry(UUID volume, long number) {
    return log(volume) + "%020d".formatted(number);
  }

  static String checkpoints(UUID volume) {
    return volume(volume) + "ckpt/";
  }

  static String checkpoint(UUID volume, long number) {
    return checkpoints(volume) + "%020d".formatted(number);
  }

  static String snapshot(UUID volume, long seq) {
    return snapshots(volume) + seq + "/";
  }

  static String snapshots(UUID volume) {
    return volume(volume) + "s/";
  }

  static String pack(PackId id) {
    String shard =
        switch (id.kind()) {
          case DATA -> HexFormat.of().toHexDigits((byte) id.number()) + "/";
          case MANIFEST -> "";
        };
    return snapshot(id.volume(), id.seq())
        + shard
        + id.kind().letter()
        + "%06d-".formatted(id.number())
        + HexFormat.of().toHexDigits(id.attempt());
  }

  /// The pack that lies under a name; nothing if it is not a pack's.
  static Optional<PackId> packAt(UUID volume, String name) {
    String prefix = snapshots(volume);
    Matcher parts = PACK.matcher(name.startsWith(prefix) ? name.substring(prefix.length()) : "");
    if (!parts.matches()) {
      return Optional.empty();
    }
    PackId id =
        new PackId(
            volume,
            Long.parseLong(parts.group(1)),
            HexFormat.fromHexDigitsToLong(parts.group(4)),
            parts.group(2).equals("m") ? PackKind.MANIFEST : PackKind.DATA,
            Integer.parseInt(parts.group(3)));
    return Optional.of(id).filter(pack -> pack(pack).equals(name));
  }

  /// The number of the snapshot that an object is named after; nothing if it is not of one.
  static OptionalLong seqOf(UUID volume, String name) {
    String prefix = snapshots(volume);
    Matcher parts = SEQ.matcher(name.startsWith(prefix) ? name.substring(prefix.length()) : "");
    return parts.lookingAt()
        ? OptionalLong.of(Long.parseLong(parts.group(1)))
        : OptionalLong.empty();
  }

  static String roots(UUID volume, long seq) {
    return snapshot(volume, seq) + "root-";
  }

  static String root(UUID volume, long seq, long attempt) {
    return roots(volume, seq) + HexFormat.of().toHexDigits(attempt);
  }

  static String keys(UUID volume) {
    return volume(volume) + "keys/";
  }

  static String key(UUID volume, Bits128 keyId, long revision) {
    return keys(volume) + keyId + "/" + "%010d".formatted(revision);
  }

  static String pointer(SnapshotId id) {
    return POINTERS + id;
  }
}
