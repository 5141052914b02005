package dev.quarry.block;

/// How a range is made to read as zeros.
public enum ZeroMode {
  /// Its space may be given back.
  PUNCH,
  /// Its space stays, or becomes, allocated: a later write into it cannot run out of space.
  ALLOCATE
}
