package dev.quarry.node;

import dev.quarry.nbd.ExportAccess;
import dev.quarry.nbd.Exports;
import dev.quarry.nbd.ListenAddress;
import dev.quarry.nbd.NbdServer;
import dev.quarry.nbd.NbdSettings;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.List;

/// Opens what a node listens on, and says what to do where that fails.
final class Listeners {
  private Listeners() {}

  /// Serves NBD on a node's TCP address and Unix socket.
  static NbdServer nbd(NodeSettings settings, Exports exports) throws NodeException {
    try {
      ListenAddress tcp = new ListenAddress.Tcp(settings.nbd().host(), settings.nbd().port());
      ListenAddress unix = new ListenAddress.Unix(settings.socket());
      NodeTls.Policies tls = load(settings);
      NbdSettings usual =
          NbdSettings.listeningAt(List.of(tcp, unix))
              .withCallers(tcp, settings.access().callers())
              .withTls(tcp, tls.tcp())
              .withTls(unix, tls.socket());
      return NbdServer.start(usual, exports);
    } catch (IllegalArgumentException e) {
      throw new NodeException(e.getMessage(), "name a shorter path with --socket", e);
    } catch (IOException e) {
      throw new NodeException(
          "NBD: " + e.getMessage(),
          "stop the program that listens there, or choose another address with --listen (port 0"
              + " takes any free one) or --socket",
          e);
    }
  }

  private static NodeTls.Policies load(NodeSettings settings) throws NodeException {
    ExportAccess addresses;
    try {
      addresses = settings.access().load();
    } catch (IOException e) {
      throw new NodeException(
          "NBD access: " + e.getMessage(),
          "write lines such as '192.168.1.0/24: vol-... vol-...:ro' and 'unix: *'",
          e);
    }
    try {
      return settings.tls().load(addresses);
    } catch (IOException e) {
      throw new NodeException(
          "TLS: " + e.getMessage(),
          "'quarry tls init' makes certificates; psktool makes files of keys",
          e);
    }
  }

  /// The TCP address that a server listens on.
  static HostPort tcp(NbdServer server) {
    for (ListenAddress address : server.addresses()) {
      switch (address) {
        case ListenAddress.Tcp(String host, int port) -> {
          return new HostPort(host, port);
        }
        case ListenAddress.Unix _ -> {}
      }
    }
    throw new IllegalStateException("the server has no TCP address");
  }

  /// Checks that an address for the control API is this machine's alone.
  static void checkApi(HostPort address) throws NodeException {
    try {
      if (!address.loopback()) {
        throw new NodeException(
            "the control API is for this machine only address=" + address,
            "give --api an address of loopback, such as 127.0.0.1:0",
            null);
      }
    } catch (UnknownHostException e) {
      throw new NodeException(
          "the control API's host is not known address=" + address, "give --api 127.0.0.1:0", e);
    }
  }

  /// Answers the control API.
  static ControlServer api(HostPort address, String token, List<Route> routes)
      throws NodeException {
    try {
      return ControlServer.open(address.resolve(), token, routes);
    } catch (IOException e) {
      throw new NodeException(
          "control API: cannot listen: %s address=%s".formatted(e.getMessage(), address),
          "choose another address with --api; 127.0.0.1:0 takes any free port",
          e);
    }
  }
}
