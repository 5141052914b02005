package dev.quarry.nbd;

import dev.quarry.posix.Sockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// The kernel's `struct sockaddr`s.
///
/// ```
/// sockaddr_in   0 family | 2 port, big-endian | 4 address                     | 16
/// sockaddr_in6  0 family | 2 port, big-endian | 4 flow | 8 address | 24 scope | 28
/// sockaddr_un   0 family | 2 path, ended by NUL
/// ```
///
/// @param memory the struct
/// @param length its length in bytes
record SocketAddress(MemorySegment memory, int length) {
  private static final int IPV4_BYTES = 16;
  private static final int IPV6_BYTES = 28;

  static SocketAddress of(Arena arena, InetAddress host, int port) {
    byte[] address = host.getAddress();
    boolean ipv6 = host instanceof Inet6Address;
    MemorySegment memory = arena.allocate(ipv6 ? IPV6_BYTES : IPV4_BYTES, 8);
    memory.set(ValueLayout.JAVA_SHORT, 0, (short) (ipv6 ? Sockets.AF_INET6 : Sockets.AF_INET));
    memory.set(Wire.SHORT, 2, (short) port);
    MemorySegment.copy(address, 0, memory, ValueLayout.JAVA_BYTE, ipv6 ? 8 : 4, address.length);
    if (host instanceof Inet6Address scoped) {
      memory.set(ValueLayout.JAVA_INT, 24, scoped.getScopeId());
    }
    return new SocketAddress(memory, (int) memory.byteSize());
  }

  static SocketAddress of(Arena arena, Path path) {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    MemorySegment memory = arena.allocate(2L + name.length + 1, 2);
    memory.set(ValueLayout.JAVA_SHORT, 0, (short) Sockets.AF_UNIX);
    MemorySegment.copy(name, 0, memory, ValueLayout.JAVA_BYTE, 2, name.length);
    return new SocketAddress(memory, (int) memory.byteSize());
  }

  int family() {
    return memory.get(ValueLayout.JAVA_SHORT, 0);
  }

  /// The internet address, or nothing if this is of another family.
  Optional<InetSocketAddress> internet() {
    byte[] address;
    switch (family()) {
      case Sockets.AF_INET -> address = new byte[4];
      case Sockets.AF_INET6 -> address = new byte[16];
      default -> {
        return Optional.empty();
      }
    }
    int at = family() == Sockets.AF_INET6 ? 8 : 4;
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, address, 0, address.length);
    try {
      int port = memory.get(Wire.SHORT, 2) & 0xffff;
      return Optional.of(new InetSocketAddress(InetAddress.getByAddress(address), port));
    } catch (UnknownHostException e) {
      throw new AssertionError("an address has 4 or 16 bytes", e);
    }
  }
}
