package dev.quarry.interop;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/// A volume that a node serves, and where clients find it.
///
/// @param export its export's name: the volume's id
/// @param tcpPort on loopback
/// @param socket path of the Unix socket
record ServedVolume(String export, long sizeBytes, int tcpPort, Path socket) {

  /// The address in the form that libnbd, QEMU, fio and nbdkit share (NBD project, doc/uri.md).
  String uri(Transport transport) {
    return switch (transport) {
      case TCP -> "nbd://127.0.0.1:" + tcpPort + "/" + export;
      case UNIX -> "nbd+unix:///" + export + "?socket=" + socket;
    };
  }

  SocketAddress address(Transport transport) {
    return switch (transport) {
      case TCP -> new InetSocketAddress("127.0.0.1", tcpPort);
      case UNIX -> UnixDomainSocketAddress.of(socket);
    };
  }

  @Override
  public String toString() {
    return export + " of " + sizeBytes + " bytes";
  }
}
