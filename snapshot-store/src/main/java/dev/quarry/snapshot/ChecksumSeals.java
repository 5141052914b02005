package dev.quarry.snapshot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// Guards the objects of a volume that is not encrypted, by SHA-256 over the same things that an
/// encrypted volume's seals are bound to: damage, and bytes that lie in the wrong place, are
/// noticed. A forger is not, since there is no key.
public final class ChecksumSeals implements Seals {
  private static final byte[] SEAL = "quarry seal v1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MAC = "quarry mac v1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PAGE = "quarry page v1".getBytes(StandardCharsets.US_ASCII);

  @Override
  public Bits128 keyId() {
    return Bits128.ZERO;
  }

  @Override
  public int scheme() {
    return 0;
  }

  @Override
  public Sealer data(byte[] salt) {
    return new Checksum((byte) 0, salt);
  }

  @Override
  public Sealer pages(byte[] salt) {
    return new Checksum((byte) 1, salt);
  }

  @Override
  public Sealer root(byte[] salt) {
    return new Checksum((byte) 2, salt);
  }

  @Override
  public Mac mac(byte[] bytes, int length) {
    MessageDigest digest = sha256();
    digest.update(MAC);
    digest.update(bytes, 0, length);
    return Mac.of(digest.digest());
  }

  @Override
  public Bits128 pageHash(byte[] page) {
    MessageDigest digest = sha256();
    digest.update(PAGE);
    digest.update(page);
    return Bits128.of(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /// The bytes as they are, and behind them the first 16 bytes of the digest of what they are bound
  /// to and themselves.
  private record Checksum(byte use, byte[] salt) implements Sealer {
    @Override
    public void seal(
        long number,
        byte[] bound,
        byte[] from,
        int fromOffset,
        int length,
        byte[] to,
        int toOffset) {
      System.arraycopy(from, fromOffset, to, toOffset, length);
      byte[] digest = digest(number, bound, from, fromOffset, length);
      System.arraycopy(digest, 0, to, toOffset + length, TAG_BYTES);
    }

    @Override
    public boolean open(
        long number,
        byte[] bound,
        byte[] from,
        int fromOffset,
        int length,
        byte[] to,
        int toOffset) {
      int plainLength = length - TAG_BYTES;
      if (plainLength < 0) {
        return false;
      }
      byte[] digest = digest(number, bound, from, fromOffset, plainLength);
      int tag = fromOffset + plainLength;
      if (!Arrays.equals(digest, 0, TAG_BYTES, from, tag, tag + TAG_BYTES)) {
        return false;
      }
      System.arraycopy(from, fromOffset, to, toOffset, plainLength);
      return true;
    }

    @Override
    public void close() {
      // No key to wipe.
    }

    private byte[] digest(long number, byte[] bound, byte[] from, int offset, int length) {
      MessageDigest digest = sha256();
      digest.update(SEAL);
      digest.update(use);
      digest.update(salt);
      digest.update(ByteBuffer.allocate(12).putLong(number).putInt(bound.length).array());
      digest.update(bound);
      digest.update(from, offset, length);
      return digest.digest();
    }
  }
}
