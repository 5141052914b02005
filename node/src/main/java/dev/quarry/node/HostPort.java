package dev.quarry.node;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// An address to listen on or to connect to, written `host:port`, or `[host]:port` for IPv6.
///
/// @param host a name or address, without brackets; empty for all addresses of this machine
/// @param port 0 to 65,535; to listen on 0 is to take any free port
public record HostPort(String host, int port) {

  public HostPort {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("bad address host=" + host + " port=" + port);
    }
  }

  /// Reads an address.
  ///
  /// @throws IllegalArgumentException if it is none; the message says what one looks like
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    try {
      String host = text.substring(0, colon);
      boolean bracketed = host.startsWith("[") && host.endsWith("]");
      if (host.indexOf(':') >= 0 && !bracketed) {
        throw new IllegalArgumentException("no brackets");
      }
      return new HostPort(
          bracketed ? host.substring(1, host.length() - 1) : host,
          Integer.parseInt(text.substring(colon + 1)));
    } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not an address; write one like 127.0.0.1:10809 or [::1]:10809");
    }
  }

  static HostPort of(InetSocketAddress bound) {
    return new HostPort(bound.getAddress().getHostAddress(), bound.getPort());
  }

  /// Looks the host up.
  InetSocketAddress resolve() throws UnknownHostException {
    return new InetSocketAddress(InetAddress.getByName(host), port);
  }

  /// Where a program of this machine connects to what listens here: a node on all addresses (no
  /// host, `0.0.0.0` or `::`) is found on loopback.
  public HostPort reachable() {
    return switch (host) {
      case "", "0.0.0.0" -> new HostPort("127.0.0.1", port);
      case "::", "0:0:0:0:0:0:0:0" -> new HostPort("::1", port);
      default -> this;
    };
  }

  /// Whether only this machine can reach it.
  boolean loopback() throws UnknownHostException {
    return !host.isEmpty() && InetAddress.getByName(host).isLoopbackAddress();
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
