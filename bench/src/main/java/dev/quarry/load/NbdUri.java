package dev.quarry.load;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// An export of a server ("The NBD URI specification"), without TLS.
///
/// @param server where the server is
/// @param export the export's name, which may be empty
public record NbdUri(Server server, String export) {
  private static final int DEFAULT_PORT = 10809; // IANA
  private static final String SOCKET = "socket=";

  /// Where a server is.
  public sealed interface Server {
    /// @param host a name or address
    record Tcp(String host, int port) implements Server {}

    /// @param path of a Unix socket
    record Unix(Path path) implements Server {}
  }

  /// Reads `nbd://HOST[:PORT]/EXPORT` or `nbd+unix:///EXPORT?socket=PATH`.
  ///
  /// @throws IllegalArgumentException if it is neither
  public static NbdUri parse(String text) {
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw notOne(text);
    }
    String path = uri.getPath() == null ? "" : uri.getPath();
    String export = path.startsWith("/") ? path.substring(1) : path;
    return switch (uri.getScheme() == null ? "" : uri.getScheme()) {
      case "nbd" -> {
        if (uri.getHost() == null) {
          throw notOne(text);
        }
        String host = uri.getHost().replaceAll("[\\[\\]]", "");
        int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        yield new NbdUri(new Server.Tcp(host, port), export);
      }
      case "nbd+unix" -> new NbdUri(new Server.Unix(socket(uri, text)), export);
      default -> throw notOne(text);
    };
  }

  private static Path socket(URI uri, String text) {
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    for (String pair : query.split("&")) {
      if (pair.startsWith(SOCKET) && pair.length() > SOCKET.length()) {
        String path = pair.substring(SOCKET.length()).replace("+", "%2B");
        return Path.of(URLDecoder.decode(path, StandardCharsets.UTF_8));
      }
    }
    throw notOne(text);
  }

  private static IllegalArgumentException notOne(String text) {
    return new IllegalArgumentException(
        "'"
            + text
            + "' is not an address; write nbd://HOST:PORT/EXPORT or"
            + " nbd+unix:///EXPORT?socket=PATH");
  }
}
