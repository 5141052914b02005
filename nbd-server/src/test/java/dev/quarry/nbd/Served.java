package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.block.BlockDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/// A server with one export, `vol`, at a Unix socket. Closing it checks that nothing is left over.
final class Served implements AutoCloseable {
  private final Path folder;
  private final OneExport exports;
  private final NbdServer server;

  private Served(Path folder, OneExport exports, NbdServer server) {
    this.folder = folder;
    this.exports = exports;
    this.server = server;
  }

  static Served of(BlockDevice device) throws IOException {
    return of(device, settings -> settings);
  }

  static Served of(BlockDevice device, UnaryOperator<NbdSettings> settings) throws IOException {
    return of(new OneExport("vol", "a volume", device), settings);
  }

  static Served of(OneExport exports, UnaryOperator<NbdSettings> settings) throws IOException {
    Path folder = Files.createTempDirectory("nbd");
    List<ListenAddress> addresses = List.of(new ListenAddress.Unix(folder.resolve("s")));
    return new Served(
        folder,
        exports,
        NbdServer.start(settings.apply(NbdSettings.listeningAt(addresses)), exports));
  }

  NbdServer server() {
    return server;
  }

  ListenAddress address() {
    return server.addresses().getFirst();
  }

  RawClient connect() throws IOException {
    return RawClient.connect(address());
  }

  RawClient greeted() throws IOException {
    return RawClient.greeted(address());
  }

  RawClient attach(RawClient.Asked... options) throws IOException {
    return RawClient.attach(address(), "vol", options);
  }

  /// How many connections use the device.
  int attached() {
    return exports.attached();
  }

  /// Waits until no client is connected.
  void awaitNoClient() {
    Eventually.holds("no client is connected", () -> server.connections().isEmpty());
  }

  @Override
  public void close() throws IOException {
    server.close();
    assertEquals(0, exports.attached(), "attachments left open");
    Files.delete(folder); // the socket's file is gone already
  }
}
