package dev.quarry.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "delete",
    description = "Deletes a volume that is not in use, and all its data, for good.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  quarry volume delete demo")
final class VolumeDeleteCommand implements Runnable {
  @Parameters(paramLabel = "VOLUME", description = "Its id or its name.")
  private String volume;

  @Mixin private NodeOptions node;

  @Override
  public void run() {
    node.show(
        node.client().delete(NodeClient.volumePath(volume)),
        deleted -> "deleted " + deleted.path("id").asText() + "\n");
  }
}
