package dev.quarry.node;

import com.sun.net.httpserver.Headers;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Who may use the control API: programs of this machine that could read the token.
///
/// A page in a browser on this machine can reach loopback ports too, and by a DNS name that it
/// points at 127.0.0.1 its own scripts could read our answers. Its requests name that host, so only
/// names that always mean this machine are let in.
final class ApiGuard {
  private static final String SCHEME = "Bearer ";
  private final Set<String> hosts;
  private final byte[] token;

  /// @param bound where the API listens
  ApiGuard(InetSocketAddress bound, String token) {
    int port = bound.getPort();
    // Not Set.of: what we are bound to is most likely one of the names already.
    this.hosts =
        Stream.of("127.0.0.1", "localhost", "::1", HostPort.of(bound).host())
            .map(host -> new HostPort(host, port).toString())
            .collect(Collectors.toUnmodifiableSet());
    this.token = token.getBytes(StandardCharsets.UTF_8);
  }

  /// Lets a request pass.
  ///
  /// @throws ApiException if it must not
  void check(Headers headers) {
    String host = headers.getFirst("Host");
    if (host == null || !hosts.contains(host)) {
      throw new ApiException(
          403, "ForbiddenHost", "the Host header does not name this machine's own address");
    }
    String given = headers.getFirst("Authorization");
    if (given == null || !given.startsWith(SCHEME) || !isToken(given.substring(SCHEME.length()))) {
      throw new ApiException(
          401,
          "AuthFailure",
          "the request carries no valid token; it is in node.json in the node's data folder");
    }
  }

  private boolean isToken(String given) {
    return MessageDigest.isEqual(token, given.getBytes(StandardCharsets.UTF_8));
  }
}
