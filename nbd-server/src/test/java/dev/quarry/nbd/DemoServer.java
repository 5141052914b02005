package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.MemoryDevice;
import dev.quarry.volume.NewVolume;
import dev.quarry.volume.VolumeCatalogue;
import dev.quarry.volume.VolumeRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Serves one device, for trying the server with other programs and for measuring it.
///
/// `DemoServer memory:BYTES|volume:DIRECTORY SOCKET [HOST:PORT]`: a device in memory, or the volume
/// `vol` of a data directory, made with 1 GiB if it is not there.
public final class DemoServer {

  private DemoServer() {}

  public static void main(String[] args) throws Exception {
    String[] what = args[0].split(":", 2);
    BlockDevice device =
        what[0].equals("volume")
            ? volume(Path.of(what[1]))
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

  private static BlockDevice volume(Path directory) throws IOException {
    VolumeCatalogue catalogue = VolumeCatalogue.open(directory);
    VolumeRecord volume =
        catalogue.find("vol").orElseGet(() -> catalogue.create(NewVolume.ofGib(1).named("vol")));
    return catalogue.attach(volume.id()).device();
  }
}
