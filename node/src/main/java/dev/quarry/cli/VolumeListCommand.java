package dev.quarry.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "list",
    aliases = "ls",
    description = "Lists the volumes of the node.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  quarry volume list",
      "  quarry volume list --output json | jq -r '.volumes[].id'",
    })
final class VolumeListCommand implements Runnable {
  @Mixin private NodeOptions node;

  @Override
  public void run() {
    node.show(node.client().get("/v1/volumes"), VolumeText::list);
  }
}
