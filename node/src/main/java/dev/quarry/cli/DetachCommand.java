package dev.quarry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "detach",
    description =
        "Prints the command that takes a volume's block device off this machine, or runs it.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  sudo quarry detach demo --exec      (unmount it first)",
      "  quarry detach /dev/nbd0",
    })
final class DetachCommand implements Runnable {
  @Parameters(
      paramLabel = "VOLUME|/dev/nbdX",
      description = "A volume's id or name, or the device itself.")
  private String target;

  @Option(names = "--exec", description = "Run the command; needs root.")
  private boolean exec;

  @Mixin private NodeOptions node;

  @Override
  public void run() {
    String device = target.startsWith("/dev/") ? target : deviceOf(target);
    ShellCommand command = new ShellCommand(List.of("nbd-client", "-d", device));
    ObjectNode answer = NodeClient.object();
    answer.put("device", device);
    command.words().forEach(answer.putArray("command")::add);
    if (exec) {
      command.run();
      node.show(answer, _ -> device + " is free\n");
    } else {
      node.show(answer, _ -> command + "\n");
    }
  }

  private String deviceOf(String volume) {
    JsonNode found = node.client().get(NodeClient.volumePath(volume));
    String id = found.path("id").asText();
    return new KernelDevices(Path.of("/"))
        .connectedTo(List.of(id, found.path("name").asText(id)))
        .orElseThrow(() ->
            new CliException(
                "no NBD device of this machine is connected to " + id,
                "give the device itself (`quarry detach /dev/nbd0`) if it was attached"
                    + " otherwise than by `quarry attach`"));
  }
}
