package dev.quarry.nbd;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Where a server listens.
public sealed interface ListenAddress {

  /// The port that clients try first ("The NBD protocol", IANA).
  int DEFAULT_PORT = 10809;

  /// A TCP port.
  ///
  /// @param host a name or address; empty for every address of this machine
  /// @param port 0 for any free port
  record Tcp(String host, int port) implements ListenAddress {
    public Tcp {
      if (port < 0 || port > 65535) {
        throw new IllegalArgumentException("port out of range port=" + port);
      }
    }

    /// Reads `host`, `host:port`, `[ipv6]:port`, `:port` or `*:port`.
    ///
    /// @throws IllegalArgumentException if it is none of them
    public static Tcp parse(String text) {
      String host = text;
      String port = Integer.toString(DEFAULT_PORT);
      int colon = text.lastIndexOf(':');
      boolean bareIpv6 = text.indexOf(':') != colon && !text.startsWith("[");
      if (colon > text.lastIndexOf(']') && !bareIpv6) {
        host = text.substring(0, colon);
        port = text.substring(colon + 1);
      }
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      }
      if (!port.matches("[0-9]{1,5}")) {
        throw new IllegalArgumentException(
            "not an address to listen at, give HOST:PORT address=" + text);
      }
      return new Tcp(host.equals("*") ? "" : host, Integer.parseInt(port));
    }

    /// `host:port`, with an IPv6 address in brackets.
    @Override
    public String toString() {
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /// A Unix socket, a file of its own.
  record Unix(Path path) implements ListenAddress {
    /// The longest path in bytes: `sun_path` has 108 with its NUL (unix(7)).
    static final int PATH_LIMIT = 107;

    public Unix {
      int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
      if (bytes == 0 || bytes > PATH_LIMIT) {
        throw new IllegalArgumentException(
            "path of a Unix socket must have 1 to %d bytes path=%s".formatted(PATH_LIMIT, path));
      }
    }

    /// `unix:PATH`.
    @Override
    public String toString() {
      return "unix:" + path;
    }
  }
}
