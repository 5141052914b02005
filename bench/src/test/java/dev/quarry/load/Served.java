package dev.quarry.load;

import dev.quarry.block.BlockDevice;
import dev.quarry.nbd.Attachment;
import dev.quarry.nbd.Client;
import dev.quarry.nbd.ExportInfo;
import dev.quarry.nbd.Exports;
import dev.quarry.nbd.ListenAddress;
import dev.quarry.nbd.NbdServer;
import dev.quarry.nbd.NbdSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A device served by our own server, on a Unix socket and on TCP, as `disk`.
final class Served implements AutoCloseable {
  private final NbdServer server;

  Served(Path folder, BlockDevice device) throws IOException {
    server =
        NbdServer.start(
            NbdSettings.listeningAt(
                List.of(
                    new ListenAddress.Unix(folder.resolve("s")),
                    new ListenAddress.Tcp("127.0.0.1", 0))),
            new OneDevice(device));
  }

  NbdUri unix() {
    return server.addresses().stream()
        .filter(ListenAddress.Unix.class::isInstance)
        .map(ListenAddress.Unix.class::cast)
        .map(unix -> new NbdUri(new NbdUri.Server.Unix(unix.path()), "disk"))
        .findFirst()
        .orElseThrow();
  }

  NbdUri tcp() {
    return server.addresses().stream()
        .filter(ListenAddress.Tcp.class::isInstance)
        .map(ListenAddress.Tcp.class::cast)
        .map(tcp -> new NbdUri(new NbdUri.Server.Tcp("127.0.0.1", tcp.port()), "disk"))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    server.close();
  }

  private record OneDevice(BlockDevice device) implements Exports {

    @Override
    public List<ExportInfo> list() {
      return List.of(new ExportInfo("disk", "", device.sizeBytes(), device.readOnly()));
    }

    @Override
    public Optional<ExportInfo> find(String name) {
      return list().stream().filter(export -> export.name().equals(name)).findFirst();
    }

    @Override
    public Attachment attach(String name, Client client) {
      return new Attachment() {
        @Override
        public BlockDevice device() {
          return device;
        }

        @Override
        public void close() {}
      };
    }
  }
}
