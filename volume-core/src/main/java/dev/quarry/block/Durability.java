package dev.quarry.block;

/// What a change must survive before its request returns.
public enum Durability {
  /// A crash of this process: the change is with the operating system.
  CACHED,
  /// A loss of power: the change is on stable storage, as far as the disk below keeps its promise.
  FORCED
}
