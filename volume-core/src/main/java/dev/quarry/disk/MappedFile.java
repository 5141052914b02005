package dev.quarry.disk;

import dev.quarry.block.VolumeException;

/// A file as 64-bit words in memory, little-endian, at offsets that are multiples of 8. Words are
/// read and written with volatile semantics. What is written survives a crash of the process at
/// once, and power loss after [#force]; before that the disk may keep any of the words' values
/// since the last force, each word whole.
///
/// Safe for use by many threads, except that [#close] must come after all other calls.
public interface MappedFile extends AutoCloseable {

  /// The size in bytes.
  long sizeBytes();

  /// The word at `offset`.
  long get(long offset);

  /// Sets the word at `offset`, whose space must have been allocated.
  void set(long offset, long value);

  /// Sets the word at `offset` if it holds `expected`.
  boolean compareAndSet(long offset, long expected, long value);

  /// Makes sure that words in a range can be set without running out of space. A word set in a hole
  /// on a full disk would be a fault in the process, not an error.
  ///
  /// @throws VolumeException.Full if there is no space
  void allocate(long offset, long length) throws VolumeException;

  /// Makes durable all words set before.
  void force() throws VolumeException;

  @Override
  void close() throws VolumeException;
}
