package dev.quarry.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "modify",
    description = "Changes a volume, while it is in use or not. A volume only grows.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExample:%n",
    footer = {
      "  quarry volume modify demo --size 40GiB",
      "",
      "A client sees the new size when it connects again.",
    })
final class VolumeModifyCommand implements Runnable {
  @Parameters(paramLabel = "VOLUME", description = "Its id or its name.")
  private String volume;

  @Option(
      names = "--size",
      required = true,
      paramLabel = "SIZE",
      description = "The new size, not less than the old: 40GiB, 2TiB, or a number of bytes.")
  private ByteSize size;

  @Mixin private NodeOptions node;

  @Override
  public void run() {
    ObjectNode body = NodeClient.object();
    body.put("sizeBytes", size.bytes());
    node.show(node.client().patch(NodeClient.volumePath(volume), body), VolumeText::details);
  }
}
