package dev.quarry.tls;

/// The server's side of TLS, with what proves it. Safe for use by many threads.
public interface TlsServer {

  /// Begins the TLS of one connection.
  TlsEngine begin();
}
