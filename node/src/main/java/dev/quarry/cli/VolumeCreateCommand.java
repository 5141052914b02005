package dev.quarry.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "create",
    description = "Creates a volume; it reads as zeros and takes space only where it is written.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  quarry volume create --size 20GiB",
      "  quarry volume create --size 1.5TiB --name db --tag env=prod --tag team=storage",
    })
final class VolumeCreateCommand implements Runnable {
  @Option(
      names = "--size",
      required = true,
      paramLabel = "SIZE",
      description = "From 1 GiB to 64 TiB: 20GiB, 1.5TiB, 512G, or a number of bytes.")
  private ByteSize size;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "The volume type. Default: the node's, gp3.")
  private String type;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "A name of its own, which commands and NBD clients may use instead of the id.")
  private String name;

  @Option(names = "--tag", paramLabel = "KEY=VALUE", description = "A tag; may be repeated.")
  private Map<String, String> tags = new LinkedHashMap<>();

  @Mixin private NodeOptions node;

  @Override
  public void run() {
    ObjectNode body = NodeClient.object();
    body.put("sizeBytes", size.bytes());
    if (type != null) {
      body.put("type", type);
    }
    if (name != null) {
      body.put("name", name);
    }
    if (!tags.isEmpty()) {
      ObjectNode given = body.putObject("tags");
      tags.forEach(given::put);
    }
    node.show(node.client().post("/v1/volumes", body), VolumeText::details);
  }
}
