package dev.quarry.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quarry.node.HostPort;
import dev.quarry.node.NodeFile;
import dev.quarry.node.NodeSettings;
import dev.quarry.volume.VolumeRecord;

/// What `quarry serve` says when it serves.
final class Welcome {
  private Welcome() {}

  /// How to use the first volume, for people.
  static String text(VolumeRecord demo, NodeFile node, NodeSettings settings) {
    String name = demo.name().orElseThrow();
    HostPort nbd = HostPort.parse(node.nbd()).reachable();
    String dataOption =
        " --data " + new ShellCommand(java.util.List.of(settings.dataFolder().toString()));
    return """
    The data folder is new; it has a first volume of %s, named %s (%s).
    As a disk of this machine (root, kernel driver nbd):
      quarry attach %s --exec%s
      nbd-client %s %d /dev/nbd0 -name %s
    For programs that speak NBD (nbdcopy, qemu-img, fio):
      nbd://%s/%s
    """
        .formatted(
            new ByteSize(demo.sizeBytes()),
            name,
            demo.id(),
            name,
            dataOption,
            nbd.host(),
            nbd.port(),
            name,
            nbd,
            name);
  }

  /// Where the node is reached, for programs: one line of JSON.
  static String ready(NodeFile node, NodeSettings settings) {
    ObjectNode json = NodeClient.object();
    json.put("pid", node.pid());
    json.put("nbd", node.nbd());
    json.put("socket", node.socket());
    json.put("api", node.api());
    json.put("data", settings.dataFolder().toString());
    return json.toString();
  }
}
