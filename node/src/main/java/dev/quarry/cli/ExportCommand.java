package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// Writes a snapshot to a file or to standard output.
final class ExportCommand {
  static final String STANDARD = "-";

  private ExportCommand() {}

  static CommandSpec spec() {
    return new CommandBuilder(
            "export",
            "Writes a snapshot as a raw image. A file is sparse: zeros take no space in it.")
        .argument("SNAPSHOT", "Its id.")
        .argument("FILE", "The file, which must not be there yet; - for standard output.")
        .asksNode()
        .examples(
            "quarry snapshot export snap-0123456789abcdef0 db.img",
            "quarry snapshot export snap-0123456789abcdef0 - | zstd > db.img.zst")
        .does(ExportCommand::run);
  }

  private static void run(Invocation given) throws IOException, InterruptedException {
    String snapshot = given.argument(0);
    String file = given.argument(1);
    NodeClient node = given.node();
    JsonObject asked = new JsonObject().put("snapshotId", snapshot);
    if (!file.equals(STANDARD)) {
      Path path = Path.of(file).toAbsolutePath();
      JsonObject begun = node.post("/v1/exports", asked.put("path", path.toString()));
      JsonObject ended = await(given, node, begun);
      given.show(ended, _ -> "exported %s to %s\n".formatted(snapshot, file));
      return;
    }
    try (StreamSocket socket = StreamSocket.open();
        OutputStream out = new FileOutputStream(FileDescriptor.out)) {
      JsonObject begun = node.post("/v1/exports", asked.put("socket", socket.path().toString()));
      socket.receive(out);
      await(given, node, begun);
    }
  }

  private static JsonObject await(Invocation given, NodeClient node, JsonObject begun)
      throws InterruptedException {
    String path = NodeClient.path("/v1/exports/", begun.text("id").orElseThrow());
    JsonObject export;
    try (ProgressLine line = ProgressLine.on(given.commandLine().getErr())) {
      export =
          line.follow(
              node,
              path,
              "running",
              now -> SnapshotText.transfer(now.object("transfer").orElseThrow()));
    }
    if (!export.text("state").equals(Optional.of("completed"))) {
      throw new CliException(
          "the snapshot was not exported: " + export.text("statusMessage").orElse(""),
          "what was written is not whole; see to the cause and export it again");
    }
    return export;
  }
}
