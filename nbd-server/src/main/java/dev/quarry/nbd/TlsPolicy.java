package dev.quarry.nbd;

import dev.quarry.tls.TlsServer;
import java.util.Optional;

/// How clients of one address talk through TLS, and which of them may use what.
///
/// @param server what proves the server; there unless TLS is off
/// @param access which exports a client may see and use
public record TlsPolicy(TlsMode mode, Optional<TlsServer> server, ExportAccess access) {
  /// No TLS, and everything for everybody.
  static final TlsPolicy OFF =
      new TlsPolicy(TlsMode.OFF, Optional.empty(), ExportAccess.everything());

  public TlsPolicy {
    if ((mode == TlsMode.OFF) == server.isPresent()) {
      throw new IllegalArgumentException("a TLS server is needed unless TLS is off mode=" + mode);
    }
  }
}
