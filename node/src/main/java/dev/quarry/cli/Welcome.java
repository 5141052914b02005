package dev.quarry.cli;

import dev.quarry.node.HostPort;
import dev.quarry.node.JsonObject;
import dev.quarry.node.NodeFile;
import dev.quarry.volume.VolumeRecord;
import java.nio.file.Path;
import java.util.List;

/// What `quarry serve` says when it serves.
final class Welcome {
  private Welcome() {}

  /// How to use the first volume, for people.
  static String text(VolumeRecord demo, NodeFile node, Path dataFolder) {
    String name = demo.name().orElseThrow();
    HostPort nbd = HostPort.parse(node.nbd()).reachable();
    ShellCommand attach =
        new ShellCommand(
            List.of("quarry", "attach", name, "--exec", "--data", dataFolder.toString()));
    return """
    The data folder is new; it has a first volume of %s, named %s (%s).
    As a disk of this machine (needs root and the kernel's driver nbd):
      %s
    which is
      nbd-client %s %d /dev/nbd0 -name %s
    For programs that speak NBD (nbdcopy, qemu-img, fio):
      nbd://%s/%s
    """
        .formatted(
            new ByteSize(demo.sizeBytes()),
            name,
            demo.id(),
            attach,
            nbd.host(),
            nbd.port(),
            name,
            nbd,
            name);
  }

  /// Where the node is reached, for programs: one line of JSON.
  static String ready(NodeFile node, Path dataFolder) {
    return new JsonObject()
        .put("pid", node.pid())
        .put("nbd", node.nbd())
        .put("socket", node.socket())
        .put("api", node.api())
        .put("data", dataFolder.toString())
        .line();
  }
}
