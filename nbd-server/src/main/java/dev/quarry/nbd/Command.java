package dev.quarry.nbd;

/// What a request asks for ("Request types").
enum Command {
  READ,
  WRITE,
  DISCONNECT,
  FLUSH,
  TRIM,
  CACHE,
  WRITE_ZEROES,
  BLOCK_STATUS,
  /// A number that this server does not know or does not offer.
  UNKNOWN;

  static Command of(int number) {
    return switch (number) {
      case 0 -> READ;
      case 1 -> WRITE;
      case 2 -> DISCONNECT;
      case 3 -> FLUSH;
      case 4 -> TRIM;
      case 5 -> CACHE;
      case 6 -> WRITE_ZEROES;
      case 7 -> BLOCK_STATUS;
      default -> UNKNOWN;
    };
  }
}
