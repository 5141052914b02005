package dev.quarry.node;

import dev.quarry.nbd.AccessList;
import dev.quarry.nbd.ExportAccess;
import dev.quarry.nbd.TlsMode;
import dev.quarry.nbd.TlsPolicy;
import dev.quarry.tls.CertificateTls;
import dev.quarry.tls.PskTls;
import dev.quarry.tls.TlsServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// How a node's NBD clients talk through TLS.
///
/// @param tcp whether they do where it serves over TCP
/// @param socket whether they do on its Unix socket
/// @param certificates a folder with certificates, as [CertificateTls] reads it
/// @param keys a file with keys in place of certificates, as [PskTls] reads it
/// @param verifyPeer whether a client has to show a certificate
/// @param access a file that says who may use which volume, as [AccessList] reads it
public record NodeTls(
    TlsMode tcp,
    TlsMode socket,
    Optional<Path> certificates,
    Optional<Path> keys,
    boolean verifyPeer,
    Optional<Path> access) {

  /// @throws IllegalArgumentException if the parts do not go together; the message says how they do
  public NodeTls {
    boolean used = tcp != TlsMode.OFF || socket != TlsMode.OFF;
    if (certificates.isPresent() && keys.isPresent()) {
      throw new IllegalArgumentException("give either certificates or keys");
    }
    if (used && certificates.isEmpty() && keys.isEmpty()) {
      throw new IllegalArgumentException(
          "TLS needs --tls-certificates or --tls-psk; 'quarry tls init' makes certificates");
    }
    if (!used && (certificates.isPresent() || keys.isPresent() || access.isPresent())) {
      throw new IllegalArgumentException("give --tls on or --tls require");
    }
    if (verifyPeer && certificates.isEmpty()) {
      throw new IllegalArgumentException("only certificates can be verified");
    }
    if (access.isPresent() && certificates.isPresent() && !verifyPeer) {
      throw new IllegalArgumentException(
          "--tls-access needs --tls-verify-peer: clients without a certificate have no name");
    }
  }

  /// No TLS.
  public static NodeTls off() {
    return new NodeTls(
        TlsMode.OFF, TlsMode.OFF, Optional.empty(), Optional.empty(), false, Optional.empty());
  }

  /// What holds at each of a node's addresses.
  record Policies(TlsPolicy tcp, TlsPolicy socket) {}

  /// Reads the files, now and once: both addresses have the same certificates or keys.
  ///
  /// @param besides what clients may do at most, whatever their names allow
  /// @throws IOException if one cannot be used; the message names it
  Policies load(ExportAccess besides) throws IOException {
    ExportAccess exports = besides;
    if (access.isPresent()) {
      exports = besides.and(AccessList.load(access.get()));
    }
    Optional<TlsServer> server = server();
    return new Policies(policy(tcp, server, exports), policy(socket, server, exports));
  }

  /// What proves the server; nothing if TLS is off at both addresses.
  private Optional<TlsServer> server() throws IOException {
    if (keys.isPresent()) {
      return Optional.of(PskTls.load(keys.get()));
    }
    return certificates.isPresent()
        ? Optional.of(CertificateTls.load(certificates.get(), verifyPeer))
        : Optional.empty();
  }

  private static TlsPolicy policy(TlsMode mode, Optional<TlsServer> server, ExportAccess exports) {
    return new TlsPolicy(mode, mode == TlsMode.OFF ? Optional.empty() : server, exports);
  }
}
