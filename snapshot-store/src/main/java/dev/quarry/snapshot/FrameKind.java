package dev.quarry.snapshot;

/// What a frame of a pack holds.
enum FrameKind {
  /// A whole chunk.
  FULL(1),
  /// Some blocks of a chunk, behind the mask that tells which.
  DELTA(2),
  /// A page that tells which frames 256 chunks are made of.
  LEAF(16),
  /// A page that refers to 256 pages.
  INNER(17),
  /// How warm each chunk was.
  HEAT(18),
  /// Which chunks were read first after an attach, in that order.
  TRACE(19);

  private final int code;

  FrameKind(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /// That of a page of a manifest tree.
  static FrameKind ofPage(int level) {
    return level == 0 ? LEAF : INNER;
  }

  boolean isPage() {
    return this == LEAF || this == INNER;
  }

  static FrameKind of(int code, FieldReader in) {
    for (FrameKind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw in.corrupt("unknown kind of frame " + code);
  }
}
