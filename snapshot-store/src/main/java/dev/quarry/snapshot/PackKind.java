package dev.quarry.snapshot;

/// What a pack is for, and so which key seals it.
public enum PackKind {
  /// Contents of chunks, and the pages of a small snapshot behind them.
  DATA(0, 'd'),
  /// Pages, heat maps and boot traces.
  MANIFEST(1, 'm');

  private final int code;
  private final char letter;

  PackKind(int code, char letter) {
    this.code = code;
    this.letter = letter;
  }

  /// As formats write it.
  int code() {
    return code;
  }

  /// The first letter of its name.
  char letter() {
    return letter;
  }

  Seals.Sealer sealer(Seals seals, byte[] salt) {
    return switch (this) {
      case DATA -> seals.data(salt);
      case MANIFEST -> seals.pages(salt);
    };
  }

  static PackKind of(int code, FieldReader in) {
    for (PackKind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw in.corrupt("unknown kind of pack " + code);
  }
}
