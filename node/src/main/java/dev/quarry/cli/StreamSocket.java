package dev.quarry.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// A Unix socket of its own for one connection, through which a node reads this process's standard
/// input or writes its standard output. Only this user can reach it.
final class StreamSocket implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;

  private final Path folder;
  private final ServerSocketChannel server;

  private StreamSocket(Path folder, ServerSocketChannel server) {
    this.folder = folder;
    this.server = server;
  }

  /// Listens.
  static StreamSocket open() throws IOException {
    Path folder = Files.createTempDirectory("quarry"); // its owner's alone
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(folder.resolve("s")));
    return new StreamSocket(folder, server);
  }

  Path path() {
    return folder.resolve("s");
  }

  /// Copies what the node sends, to its end.
  void receive(OutputStream out) throws IOException {
    try (SocketChannel channel = server.accept();
        InputStream in = Channels.newInputStream(channel)) {
      copy(in, out);
      out.flush();
    }
  }

  /// Sends what there is, until the node has enough.
  void send(InputStream in) throws IOException {
    try (SocketChannel channel = server.accept();
        OutputStream out = Channels.newOutputStream(channel)) {
      copy(in, out);
    }
  }

  private static void copy(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      out.write(buffer, 0, count);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(path());
    Files.deleteIfExists(folder);
  }
}
