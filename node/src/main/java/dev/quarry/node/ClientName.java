package dev.quarry.node;

import dev.quarry.nbd.Client;
import java.net.InetAddress;
import java.util.Optional;

/// Which of the connections of a node are one client's: what is an instance in EC2.
///
/// All from one machine are, unless they prove different names by TLS or name different groups: a
/// host of many virtual machines tells them apart so. This machine is one, whether it comes by the
/// Unix socket or by loopback.
final class ClientName {
  private static final String HERE = "here";

  private ClientName() {}

  /// The name of the client behind a connection.
  static String of(Client client, Optional<String> group) {
    String machine =
        client
            .host()
            .filter(host -> !host.isLoopbackAddress())
            .map(InetAddress::getHostAddress)
            .orElse(HERE);
    return machine + "/" + client.identity().orElse("") + "@" + group.orElse("");
  }
}
