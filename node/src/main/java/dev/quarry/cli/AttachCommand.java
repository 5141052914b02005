package dev.quarry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quarry.node.HostPort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "attach",
    description =
        "Prints the command that makes a volume a block device of this machine, or runs it.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  quarry attach demo                  prints an nbd-client command",
      "  sudo quarry attach demo --exec      runs it",
      "  eval \"$(quarry attach demo --device /dev/nbd3)\"",
    })
final class AttachCommand implements Runnable {
  /// What EBS volumes show their guests, and the smallest that all images work with.
  private static final int SECTOR_BYTES = 512;

  private static final int MOST_CONNECTIONS = 16;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "VOLUME", description = "Its id or its name.")
  private String volume;

  @Option(names = "--exec", description = "Run the command; needs root.")
  private boolean exec;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "1",
      description = "Connections to use, 1 to 16. Default: ${DEFAULT-VALUE}.")
  private int connections;

  @Option(names = "--unix", description = "Connect by the node's Unix socket. The default.")
  private boolean unix;

  @Option(names = "--tcp", description = "Connect by TCP.")
  private boolean tcp;

  @Option(
      names = "--device",
      paramLabel = "/dev/nbdX",
      description = "The device. Default: the first that is free.")
  private Optional<String> device;

  @Mixin private NodeOptions node;

  @Override
  public void run() {
    check();
    NodeClient client = node.client();
    String id = client.get(NodeClient.volumePath(volume)).path("id").asText();
    JsonNode status = client.get("/v1/status");
    String target = device.orElseGet(this::freeDevice);
    ShellCommand command = command(id, target, status);
    ObjectNode answer = NodeClient.object();
    answer.put("volume", id);
    answer.put("device", target);
    command.words().forEach(answer.putArray("command")::add);
    if (exec) {
      command.run();
      node.show(answer, _ -> id + " is " + target + "\n");
    } else {
      node.show(answer, _ -> command + "\n");
    }
  }

  private void check() {
    if (unix && tcp) {
      throw new ParameterException(spec.commandLine(), "--unix and --tcp exclude each other");
    }
    if (connections < 1 || connections > MOST_CONNECTIONS) {
      throw new ParameterException(
          spec.commandLine(), "--connections must be from 1 to " + MOST_CONNECTIONS);
    }
  }

  private String freeDevice() {
    KernelDevices devices = new KernelDevices(Path.of("/"));
    if (!devices.present()) {
      node.note("this machine's kernel has no NBD driver loaded; load it with: modprobe nbd");
      return "/dev/nbd0";
    }
    return devices
        .firstFree()
        .orElseThrow(() ->
            new CliException(
                "all NBD devices of this machine are in use",
                "detach one, or load the driver with more: modprobe nbd nbds_max=64"));
  }

  private ShellCommand command(String id, String target, JsonNode status) {
    List<String> words = new ArrayList<>(List.of("nbd-client"));
    if (tcp) {
      HostPort nbd = HostPort.parse(status.path("nbd").asText()).reachable();
      words.addAll(List.of(nbd.host(), Integer.toString(nbd.port())));
    } else {
      words.addAll(List.of("-unix", status.path("socket").asText()));
    }
    // Without netlink the client stays, and its command line tells `quarry detach` what it serves.
    words.addAll(List.of(target, "-nonetlink", "-name", id));
    words.addAll(List.of("-block-size", Integer.toString(SECTOR_BYTES)));
    words.addAll(List.of("-connections", Integer.toString(connections)));
    return new ShellCommand(words);
  }
}
