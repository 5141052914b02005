package dev.quarry.nbd;

import java.net.InetAddress;
import java.util.Optional;

/// Who asks for an export.
///
/// @param connection the number of the connection, unique in the server's life
/// @param address where it comes from, for people: `host:port`, or `unix` for a Unix socket
/// @param host the address of its host, if it came by TCP
/// @param identity who it proved to be by TLS: the common name of its certificate, or the name of
///   its key
public record Client(
    long connection, String address, Optional<InetAddress> host, Optional<String> identity) {

  Client identified(Optional<String> name) {
    return new Client(connection, address, host, name);
  }
}
