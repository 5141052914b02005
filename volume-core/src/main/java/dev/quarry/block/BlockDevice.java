package dev.quarry.block;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// A range of bytes that can be read, written, zeroed, trimmed and flushed.
///
/// **Addresses.** Offsets and lengths are bytes; any alignment is served, 512-byte sectors and 4
/// KiB blocks fastest. A request that does not lie wholly inside the device is refused with
/// [VolumeException.OutOfRange] and has no effect. A request of length 0 succeeds and does nothing.
///
/// **Buffers.** A request names a segment and where in it the bytes lie, so that a server can use
/// one large buffer without making a slice per request. The device reads a source without altering
/// it and keeps no reference to any buffer after it returns.
///
/// **Concurrency.** All methods may be called by many threads at a time. What a request that
/// returned has written, every later request sees. A write of 4, 8 or 16 KiB that is aligned to its
/// own size is seen by concurrent readers wholly or not at all (as on EBS: EC2 User Guide, "Torn
/// write prevention"); larger or unaligned requests that overlap in time may be seen in parts.
///
/// **Durability.** A [#flush] that returns makes durable all that returned before it was called; a
/// write with [Durability#FORCED] is durable itself when it returns. Nothing else is promised
/// across power loss.
///
/// **Blocking.** Any request may wait, for a disk, for a limit or for a store. A server that must
/// not wait asks [#tryRead] and [#tryWrite] first, which do the work only if it can be done at
/// once, and hands the request to another thread otherwise. Limits are asked by [#admit]; see
/// there.
///
/// Errors are [VolumeException]s; each kind tells what to do about it.
public interface BlockDevice extends AutoCloseable {

  /// The smallest unit that is never torn by the cipher or by power loss, in bytes.
  int SECTOR_BYTES = 512;

  /// The size in bytes. It grows when the volume is modified and never shrinks.
  long sizeBytes();

  /// Whether every change is refused with [VolumeException.ReadOnly].
  default boolean readOnly() {
    return false;
  }

  /// Reads `length` bytes at `offset` into `into`, from `at` on.
  void read(long offset, MemorySegment into, long at, int length) throws VolumeException;

  /// Writes `length` bytes of `from`, beginning at `at`, to `offset`.
  void write(long offset, MemorySegment from, long at, int length, Durability durability)
      throws VolumeException;

  /// Makes a range read as zeros.
  void zero(long offset, long length, ZeroMode mode, Durability durability) throws VolumeException;

  /// Says that the contents of a range are no longer needed. The range reads as zeros afterwards,
  /// and its space is given back as far as the device below can.
  void trim(long offset, long length, Durability durability) throws VolumeException;

  /// Makes durable all changes that returned before this call.
  void flush() throws VolumeException;

  /// The states of a range: extents in ascending order, adjoining, the first beginning at `offset`.
  ///
  /// @param limit the most extents to return, at least 1; the answer may end before the range does
  List<Extent> extents(long offset, long length, int limit) throws VolumeException;

  /// Says that a range will be read soon. A hint that may do nothing.
  default void prefetch(long offset, long length) throws VolumeException {}

  /// Reads as [#read] does, if that needs no waiting.
  ///
  /// @return false if it would have to wait; the buffer's range then holds undefined bytes
  default boolean tryRead(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    return false;
  }

  /// Reads a range that is known, without a look at its bytes and without waiting, to be a hole: it
  /// all reads as zeros. It counts as a read like any other if it does.
  ///
  /// @return false if the range may hold data; nothing was done then
  default boolean tryReadHole(long offset, long length) throws VolumeException {
    return false;
  }

  /// Whether [#zero] of a range would take about as long for any length, because no data has to be
  /// written or fetched for it. What other callers do may change the answer at any time.
  default boolean zeroesFast(long offset, long length, ZeroMode mode) {
    return false;
  }

  /// Writes as [#write] with [Durability#CACHED] does, if that needs no waiting.
  ///
  /// @return false if it would have to wait; nothing was written then
  default boolean tryWrite(long offset, MemorySegment from, long at, int length)
      throws VolumeException {
    return false;
  }

  /// Charges one request to the limits of this device and tells how long it has to wait for them.
  ///
  /// The blocking methods above charge and wait by themselves. A caller that must not block charges
  /// here, lets the time pass, and then carries the request out on [#admitted]. Every call charges:
  /// do not ask twice for one request. While the last request that had to wait still does, charge
  /// no other of the same connection: what is promised to it cannot be given to others any more,
  /// and a deep queue would be served before the next request of a shallow one.
  ///
  /// @return nanoseconds to wait from now, 0 for none
  default long admit(IoKind kind, long offset, long length) {
    return 0;
  }

  /// This device behind its limits: requests made on it are not charged and not delayed.
  default BlockDevice admitted() {
    return this;
  }

  /// Releases what the device holds; makes nothing durable. Requests after it fail with
  /// [VolumeException.Detached]. Closing twice is allowed.
  @Override
  void close() throws VolumeException;
}
