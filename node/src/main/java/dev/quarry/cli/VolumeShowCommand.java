package dev.quarry.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "show",
    description = "Shows all about one volume, with the addresses its clients use.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  quarry volume show demo")
final class VolumeShowCommand implements Runnable {
  @Parameters(paramLabel = "VOLUME", description = "Its id or its name.")
  private String volume;

  @Mixin private NodeOptions node;

  @Override
  public void run() {
    node.show(node.client().get(NodeClient.volumePath(volume)), VolumeText::details);
  }
}
