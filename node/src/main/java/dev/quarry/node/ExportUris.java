package dev.quarry.node;

import dev.quarry.nbd.TlsMode;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;

/// The addresses that NBD clients of this machine find an export at (NBD project, doc/uri.md).
///
/// @param tcp where NBD is served over TCP
/// @param socket the path of the Unix socket that it is served on
/// @param tls where clients have to talk through TLS
record ExportUris(HostPort tcp, Path socket, NodeTls tls) {

  /// The URIs of an export, the quickest first.
  ///
  /// @param name of the export, of characters that need no quoting in a URI
  List<String> of(String name) {
    return List.of(
        scheme(tls.socket()) + "+unix:///" + name + "?socket=" + encoded(socket.toString()),
        scheme(tls.tcp()) + "://" + tcp.reachable() + "/" + name);
  }

  private static String scheme(TlsMode mode) {
    return switch (mode) {
      case OFF, ON -> "nbd";
      case REQUIRED -> "nbds";
    };
  }

  private static String encoded(String path) {
    try {
      return new URI(null, null, path, null).getRawPath();
    } catch (URISyntaxException e) {
      throw new AssertionError("any text is a path", e);
    }
  }
}
