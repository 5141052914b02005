package dev.quarry.nbd;

import java.math.BigInteger;
import java.net.InetAddress;

/// A range of internet addresses: those that begin with the same bits (RFC 4632, RFC 4291).
///
/// @param first any address of it
/// @param bits how many bits count, 32 or 128 for a single address
public record AddressRange(InetAddress first, int bits) {

  public AddressRange {
    if (bits < 0 || bits > first.getAddress().length * 8) {
      throw new IllegalArgumentException(
          "bad address range address=%s bits=%d".formatted(first.getHostAddress(), bits));
    }
  }

  /// Reads `ADDRESS` or `ADDRESS/BITS`, as in `192.168.1.0/24` or `fd00::/8`.
  ///
  /// @throws IllegalArgumentException if it is neither; the message says what one looks like
  public static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    try {
      InetAddress first = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
      int all = first.getAddress().length * 8;
      return new AddressRange(
          first, slash < 0 ? all : Integer.parseUnsignedInt(text.substring(slash + 1)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no range of addresses; write one like 192.168.1.0/24 or fd00::/8", e);
    }
  }

  /// Whether an address is in it.
  public boolean contains(InetAddress address) {
    byte[] one = first.getAddress();
    byte[] two = address.getAddress();
    return one.length == two.length && prefix(one).equals(prefix(two));
  }

  private BigInteger prefix(byte[] address) {
    return new BigInteger(1, address).shiftRight(address.length * 8 - bits);
  }

  @Override
  public String toString() {
    return first.getHostAddress() + "/" + bits;
  }
}
