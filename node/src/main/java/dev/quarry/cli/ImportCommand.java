package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/// Makes a snapshot of a file or of standard input.
final class ImportCommand {
  private static final String SIZE = "--size";
  private static final String ENCRYPTED = "--encrypted";
  private static final String KEY = "--key";

  private ImportCommand() {}

  static CommandSpec spec() {
    return new CommandBuilder(
            "import",
            "Makes a snapshot of a raw image. Nobody may change the file meanwhile. Zeros take no"
                + " space.")
        .argument("FILE", "The file; - for standard input.")
        .option(
            SIZE,
            "SIZE",
            "How much to take, from the beginning; needed for standard input. Default: all.",
            ByteSize.class,
            ByteSize::parse)
        .option(SnapshotCommands.DESCRIPTION, "TEXT", "What it is for.")
        .pairs(SnapshotCommands.TAG, "A tag; may be repeated.")
        .flag(ENCRYPTED, "Encrypt it, also where `quarry settings` does not say so by default.")
        .option(KEY, "KEY", "The customer key to encrypt it under. Means --encrypted.")
        .flag(
            SnapshotCommands.WAIT,
            "Wait until it is completed, as is always done for standard input.")
        .asksNode()
        .examples(
            "quarry snapshot import debian.img --wait",
            "zstdcat db.img.zst | quarry snapshot import - --size 20GiB")
        .does(ImportCommand::run);
  }

  private static void run(Invocation given) throws IOException, InterruptedException {
    JsonObject asked = new JsonObject();
    SnapshotCommands.putAbout(given, asked);
    given.<ByteSize>optional(SIZE).ifPresent(size -> asked.put("sizeBytes", size.bytes()));
    if (given.flag(ENCRYPTED) || given.text(KEY).isPresent()) {
      asked.put("encrypted", true);
    }
    given.text(KEY).ifPresent(key -> asked.put("kmsKeyId", key));
    NodeClient node = given.node();
    String file = given.argument(0);
    if (!file.equals(ExportCommand.STANDARD)) {
      asked.put("path", Path.of(file).toAbsolutePath().toString());
      JsonObject begun = node.post("/v1/imports", asked);
      show(given, given.flag(SnapshotCommands.WAIT) ? await(given, node, begun) : begun);
      return;
    }
    if (!asked.has("sizeBytes")) {
      throw given.wrongUsage("give --size: how much standard input has cannot be told before");
    }
    try (StreamSocket socket = StreamSocket.open();
        InputStream in = new FileInputStream(FileDescriptor.in)) {
      JsonObject begun = node.post("/v1/imports", asked.put("socket", socket.path().toString()));
      Thread sending = Thread.ofPlatform().daemon().start(() -> send(socket, in, given));
      JsonObject ended = await(given, node, begun);
      sending.join();
      show(given, ended);
    }
  }

  /// What goes wrong here ends the snapshot, which tells of it.
  private static void send(StreamSocket socket, InputStream in, Invocation given) {
    try {
      socket.send(in);
    } catch (IOException e) {
      given.note("the node takes no more of standard input: " + e.getMessage());
    }
  }

  private static JsonObject await(Invocation given, NodeClient node, JsonObject begun)
      throws InterruptedException {
    return SnapshotWait.until(given, node, List.of(begun.text("id").orElseThrow())).getFirst();
  }

  private static void show(Invocation given, JsonObject snapshot) {
    given.show(snapshot, SnapshotText::details);
  }
}
