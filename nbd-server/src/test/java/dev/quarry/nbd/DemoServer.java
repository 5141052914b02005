package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.MemoryDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Serves one device, for trying the server with other programs and for measuring it.
///
/// `DemoServer memory:BYTES|file:PATH SOCKET [HOST:PORT]`
public final class DemoServer {

  private DemoServer() {}

  public static void main(String[] args) throws Exception {
    String[] what = args[0].split(":", 2);
    BlockDevice device =
        what[0].equals("file")
            ? new FileDevice(Path.of(what[1]))
            : MemoryDevice.create(Long.parseLong(what[1]));
    List<ListenAddress> addresses = new ArrayList<>();
    addresses.add(new ListenAddress.Unix(Path.of(args[1])));
    if (args.length > 2) {
      addresses.add(ListenAddress.Tcp.parse(args[2]));
    }
    NbdServer server =
        NbdServer.start(
            NbdSettings.listeningAt(addresses), new OneExport("demo", "a device to try", device));
    System.out.println("serving " + server.addresses());
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(server::close));
    Thread.currentThread().join();
  }
}
