package dev.quarry.snapshot;

import dev.quarry.volume.ChunkLayout;

/// What there is to know about a frame apart from its bytes and its pack.
///
/// @param number counts the frames of the pack, and is the nonce of its seal
/// @param kind what it holds
/// @param compressed whether its contents were compressed before sealing
/// @param level for a page, its height above the leaves; 0 otherwise
/// @param position the chunk, or the index of the page among those of its level
/// @param offset where it begins in the pack, in bytes
/// @param storedLength its length in the pack, in bytes
/// @param plainLength the length of its contents, in bytes
record Frame(
    int number,
    FrameKind kind,
    boolean compressed,
    int level,
    long position,
    int offset,
    int storedLength,
    int plainLength) {

  /// The length of a mask, in bytes.
  static final int MASK_BYTES = 16;

  /// The length of a DELTA's contents.
  static int deltaLength(int blockCount) {
    return MASK_BYTES + blockCount * ChunkLayout.BLOCK_BYTES;
  }

  /// The number of blocks in a DELTA of this length.
  static int blockCount(int plainLength) {
    return (plainLength - MASK_BYTES) / ChunkLayout.BLOCK_BYTES;
  }

  /// Where what follows it in the pack begins.
  int end() {
    return offset + storedLength;
  }

  /// How many blocks of a chunk it holds; 0 if it is no chunk's.
  int blockCount() {
    return switch (kind) {
      case FULL -> ChunkLayout.BLOCKS_PER_CHUNK;
      case DELTA -> blockCount(plainLength);
      case LEAF, INNER, HEAT, TRACE -> 0;
    };
  }

  /// Whether its length in the pack can be that of its contents, sealed: compression makes them
  /// shorter or is not used. So nobody gets more than they asked for.
  boolean isLongEnoughAndNoLonger() {
    int packed = storedLength - Seals.TAG_BYTES;
    return compressed ? packed > 0 && packed < plainLength : packed == plainLength;
  }

  /// Whether another frame is this one, apart from where in its object it lies.
  boolean isSameApartFromOffset(Frame other) {
    return other.number == number
        && other.kind == kind
        && other.compressed == compressed
        && other.level == level
        && other.position == position
        && other.storedLength == storedLength
        && other.plainLength == plainLength;
  }

  /// This frame where the pack begins at an offset of its object.
  Frame movedBy(long packOffset) {
    int at = Math.toIntExact(packOffset + offset);
    return new Frame(number, kind, compressed, level, position, at, storedLength, plainLength);
  }

  /// What its seal is bound to: the volume and the snapshot it was made by, the place it belongs
  /// to, and how to read it.
  byte[] bound(PackId pack) {
    return new FieldWriter()
        .uuid(pack.volume())
        .u64(pack.seq())
        .u64(position)
        .u8(kind.code())
        .flag(compressed)
        .u16(level)
        .u32(plainLength)
        .toByteArray();
  }
}
