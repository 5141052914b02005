package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/// Takes a volume's block device off this machine.
final class DetachCommand {
  private static final String EXEC = "--exec";

  private DetachCommand() {}

  static CommandSpec spec() {
    return new CommandBuilder(
            "detach",
            "Prints the command that takes a volume's block device off this machine, or runs it.")
        .argument("VOLUME|/dev/nbdX", "A volume's id or name, or the device itself.")
        .flag(EXEC, "Run the command; needs root.")
        .asksNode()
        .examples(
            "sudo quarry detach demo --exec      (unmount it first)", "quarry detach /dev/nbd0")
        .does(DetachCommand::run);
  }

  private static void run(Invocation given) {
    String target = given.argument();
    String device = target.startsWith("/dev/") ? target : deviceOf(given, target);
    ShellCommand command = new ShellCommand(List.of("nbd-client", "-d", device));
    JsonObject answer = new JsonObject().put("device", device).put("command", command.words());
    if (given.flag(EXEC)) {
      command.run();
      given.show(answer, _ -> device + " is free\n");
    } else {
      given.show(answer, _ -> command + "\n");
    }
  }

  private static String deviceOf(Invocation given, String volume) {
    JsonObject found = given.node().get(NodeClient.volumePath(volume));
    String id = found.text("id").orElseThrow();
    List<String> exportNames = new ArrayList<>(List.of(id));
    found.text("name").ifPresent(exportNames::add);
    return new KernelDevices(Path.of("/"))
        .connectedTo(exportNames)
        .orElseThrow(() ->
            new CliException(
                "no NBD device of this machine is connected to " + id,
                "give the device itself (`quarry detach /dev/nbd0`) if it was attached"
                    + " otherwise than by `quarry attach`"));
  }
}
