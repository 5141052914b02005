package dev.quarry.cli;

import dev.quarry.node.HostPort;
import dev.quarry.node.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/// Makes a volume a block device of this machine, by the kernel's NBD driver.
final class AttachCommand {
  /// What EBS volumes show their guests, and the smallest that all images work with.
  private static final int SECTOR_BYTES = 512;

  private static final int MOST_CONNECTIONS = 16;

  private static final String EXEC = "--exec";
  private static final String CONNECTIONS = "--connections";
  private static final String UNIX = "--unix";
  private static final String TCP = "--tcp";
  private static final String DEVICE = "--device";

  private AttachCommand() {}

  static CommandSpec spec() {
    return new CommandBuilder(
            "attach",
            "Prints the command that makes a volume a block device of this machine, or runs it.")
        .argument("VOLUME", "Its id or its name.")
        .flag(EXEC, "Run the command; needs root.")
        .option(
            CONNECTIONS,
            "N",
            "Connections to use, 1 to 16.",
            "1",
            Integer.class,
            AttachCommand::connections)
        .flag(UNIX, "Connect by the node's Unix socket, as is done by default.")
        .flag(TCP, "Connect by TCP.")
        .option(DEVICE, "/dev/nbdX", "The device. Default: the first that is free.")
        .asksNode()
        .examples(
            "quarry attach demo                  prints an nbd-client command",
            "sudo quarry attach demo --exec      runs it",
            "eval \"$(quarry attach demo --device /dev/nbd3)\"")
        .does(AttachCommand::run);
  }

  private static Integer connections(String text) {
    int count = text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : 0;
    if (count < 1 || count > MOST_CONNECTIONS) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a number from 1 to " + MOST_CONNECTIONS);
    }
    return count;
  }

  private static void run(Invocation given) {
    if (given.flag(UNIX) && given.flag(TCP)) {
      throw given.wrongUsage("--unix and --tcp exclude each other");
    }
    NodeClient node = given.node();
    String id = node.get(NodeClient.volumePath(given.argument())).text("id").orElseThrow();
    String device = given.text(DEVICE).orElseGet(() -> freeDevice(given));
    ShellCommand command = command(given, id, device, node.get("/v1/status"));
    JsonObject answer =
        new JsonObject().put("volume", id).put("device", device).put("command", command.words());
    if (given.flag(EXEC)) {
      command.run();
      given.show(answer, _ -> id + " is " + device + "\n");
    } else {
      given.show(answer, _ -> command + "\n");
    }
  }

  private static String freeDevice(Invocation given) {
    KernelDevices devices = new KernelDevices(Path.of("/"));
    if (!devices.present()) {
      given.note("this machine's kernel has no NBD driver loaded; load it with: modprobe nbd");
      return "/dev/nbd0";
    }
    return devices
        .firstFree()
        .orElseThrow(() ->
            new CliException(
                "all NBD devices of this machine are in use",
                "detach one, or load the driver with more: modprobe nbd nbds_max=64"));
  }

  private static ShellCommand command(
      Invocation given, String id, String device, JsonObject status) {
    List<String> words = new ArrayList<>(List.of("nbd-client"));
    if (given.flag(TCP)) {
      HostPort nbd = HostPort.parse(status.text("nbd").orElseThrow()).reachable();
      words.addAll(List.of(nbd.host(), Integer.toString(nbd.port())));
    } else {
      words.addAll(List.of("-unix", status.text("socket").orElseThrow()));
    }
    // Without netlink the client stays, and its command line tells `quarry detach` what it serves.
    words.addAll(List.of(device, "-nonetlink", "-name", id));
    words.addAll(List.of("-block-size", Integer.toString(SECTOR_BYTES)));
    words.addAll(List.of("-connections", given.<Integer>value(CONNECTIONS).toString()));
    return new ShellCommand(words);
  }
}
