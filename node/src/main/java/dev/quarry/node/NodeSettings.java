package dev.quarry.node;

import java.nio.file.Path;

/// What a node is started with.
///
/// @param dataFolder where it keeps everything; made if it is not there
/// @param nbd where it serves NBD over TCP
/// @param socket the Unix socket that it serves NBD on
/// @param api where its control API listens: an address of loopback
/// @param keys how it opens its keys
/// @param limits what it holds volumes and clients to
/// @param store where it keeps snapshots
/// @param tls how clients talk through TLS
/// @param access what clients may do besides
public record NodeSettings(
    Path dataFolder,
    HostPort nbd,
    Path socket,
    HostPort api,
    KeySettings keys,
    NodeLimits limits,
    StoreSettings store,
    NodeTls tls,
    NodeAccess access) {
  /// What is listened on unless the user says otherwise. Only this machine reaches it: NBD without
  /// TLS has neither secrecy nor passwords.
  public static final String DEFAULT_NBD = "127.0.0.1:10809";

  /// Any free port: clients find it in the data folder.
  public static final String DEFAULT_API = "127.0.0.1:0";

  public NodeSettings {
    dataFolder = dataFolder.toAbsolutePath().normalize();
    socket = socket.toAbsolutePath().normalize();
  }

  /// With snapshots in the data folder, without TLS, and everything for everybody.
  public NodeSettings(
      Path dataFolder,
      HostPort nbd,
      Path socket,
      HostPort api,
      KeySettings keys,
      NodeLimits limits) {
    this(
        dataFolder,
        nbd,
        socket,
        api,
        keys,
        limits,
        StoreSettings.standard(),
        NodeTls.off(),
        NodeAccess.everything());
  }

  /// With the usual keys and limits besides.
  public NodeSettings(Path dataFolder, HostPort nbd, Path socket, HostPort api) {
    this(dataFolder, nbd, socket, api, KeySettings.standard(), NodeLimits.standard());
  }

  /// The Unix socket of a node unless the user says otherwise.
  public static Path defaultSocket(Path dataFolder) {
    return dataFolder.resolve("nbd.sock");
  }
}
