package dev.quarry.disk;

import dev.quarry.block.VolumeException;
import java.lang.foreign.MemorySegment;

/// A file for positional I/O. Safe for use by many threads; two that change one range at a time
/// leave either's bytes.
///
/// Errors: [VolumeException.Full] when there is no space, [VolumeException.ReadOnly] when the file
/// system is, [VolumeException.Unavailable] for everything else the disk says.
public interface DiskFile extends AutoCloseable {

  /// The size in bytes.
  long sizeBytes() throws VolumeException;

  /// Sets the size; what is added is a hole. Durable when it returns.
  void resize(long sizeBytes) throws VolumeException;

  /// Reads bytes that lie inside the file; holes read as zeros.
  void read(long offset, MemorySegment into, long at, int length) throws VolumeException;

  /// Reads as [#read] does if all of it can be had without waiting for the disk.
  ///
  /// @return false if not; the buffer's range then holds undefined bytes
  boolean tryRead(long offset, MemorySegment into, long at, int length) throws VolumeException;

  /// Writes bytes inside the file. Visible to readers when it returns, durable after a [#force].
  void write(long offset, MemorySegment from, long at, int length) throws VolumeException;

  /// Makes durable all writes, holes and zeros that returned before. If it fails, it is not known
  /// which of them are; do not try again and believe the answer.
  void force() throws VolumeException;

  /// Gives a range's space back; it then reads as zeros.
  void punch(long offset, long length) throws VolumeException;

  /// Makes a range read as zeros with its space allocated.
  void zero(long offset, long length) throws VolumeException;

  /// Whether [#punch] and [#zero] change only what the file system knows of the file. Otherwise
  /// they write zeros.
  boolean clearsFast();

  /// The first byte at or after `offset` that is not in a hole, or the file's size if there is
  /// none.
  long nextData(long offset) throws VolumeException;

  /// The first byte at or after `offset` that is in a hole, or the file's size if there is none.
  long nextHole(long offset) throws VolumeException;

  /// Says that a range will be read soon.
  void prefetch(long offset, long length) throws VolumeException;

  /// Closes the file; makes nothing durable. Closing twice is allowed; any other call afterwards is
  /// [VolumeException.Detached].
  @Override
  void close() throws VolumeException;
}
