package dev.quarry.snapshot;

/// What guards the objects of one lineage: the sealing keys of its data key, or checksums where the
/// volume is not encrypted. The framing is the same for both.
///
/// Safe for use by many threads.
public interface Seals {
  /// What sealing adds to the length, in bytes.
  int TAG_BYTES = 16;

  /// The length of the salt that picks an object's own key, in bytes.
  int SALT_BYTES = 16;

  /// Which key it is; [Bits128#ZERO] for none.
  Bits128 keyId();

  /// How objects are sealed, as formats write it: 0 by checksums, 1 by AES-256-GCM.
  int scheme();

  /// Seals the frames and the directory of data packs.
  Sealer data(byte[] salt);

  /// Seals the frames and the directory of manifest packs.
  Sealer pages(byte[] salt);

  /// Seals roots.
  Sealer root(byte[] salt);

  /// The MAC of a log entry, a checkpoint or a root.
  Mac mac(byte[] bytes, int length);

  /// The identity of a page's contents: equal contents, equal hash.
  Bits128 pageHash(byte[] page);

  /// Seals the parts of one object. Safe for use by many threads; close it with the object.
  interface Sealer extends AutoCloseable {
    /// Seals `length` bytes of `from` into `to`, which takes [#TAG_BYTES] more.
    ///
    /// @param number which part of the object this is; each number seals once, ever
    /// @param bound what is not stored and yet cannot be changed
    void seal(
        long number,
        byte[] bound,
        byte[] from,
        int fromOffset,
        int length,
        byte[] to,
        int toOffset);

    /// Opens `length` sealed bytes of `from` into `to`, which takes [#TAG_BYTES] fewer.
    ///
    /// @return false if they are not what was sealed; `to` holds nothing of use then
    boolean open(
        long number,
        byte[] bound,
        byte[] from,
        int fromOffset,
        int length,
        byte[] to,
        int toOffset);

    @Override
    void close();
  }
}
