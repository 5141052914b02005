package dev.quarry.cli;

import dev.quarry.node.HostPort;
import dev.quarry.node.HttpLimits;
import dev.quarry.node.Node;
import dev.quarry.node.NodeException;
import dev.quarry.node.NodeSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "serve",
    description = "Runs a node: serves the volumes of a data folder until it is told to end.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  quarry serve                                        in ./quarry-data",
      "  quarry serve --data /srv/quarry --listen :10809     for other machines too",
      "",
      "When it serves, it prints a line READY with its addresses as JSON. SIGTERM and SIGINT",
      "end it: it finishes what is in flight, makes everything durable and exits with 0.",
      "NBD has no passwords: whoever reaches the address may read and write every volume.",
    })
final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:QUARRY_DATA:-quarry-data}",
      description =
          "Where everything is kept; made if it is not there (or variable QUARRY_DATA)."
              + " Default: ./quarry-data.")
  private Path data;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = NodeSettings.DEFAULT_NBD,
      description =
          "Where to serve NBD over TCP; port 0 takes any free one. Default: ${DEFAULT-VALUE}.")
  private String listen;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The Unix socket to serve NBD on. Default: nbd.sock in the data folder.")
  private Optional<Path> socket;

  @Option(
      names = "--api",
      paramLabel = "HOST:PORT",
      defaultValue = NodeSettings.DEFAULT_API,
      description =
          "Where the control API listens, on loopback. Default: ${DEFAULT-VALUE}, any free port;"
              + " commands find it in the data folder.")
  private String api;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description =
          "How to log to standard error: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Logs.Format logFormat;

  @Override
  public Integer call() throws InterruptedException {
    NodeSettings settings =
        new NodeSettings(
            data,
            address("--listen", listen),
            socket.orElseGet(() -> NodeSettings.defaultSocket(data)),
            address("--api", api));
    Logs.begin(logFormat);
    HttpLimits.apply();
    Node node = start(settings);
    Ending.onSignal(node);
    announce(node, settings);
    new CountDownLatch(1).await(); // until a signal ends the process
    return 0;
  }

  private HostPort address(String option, String text) {
    try {
      return HostPort.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage());
    }
  }

  private static Node start(NodeSettings settings) {
    try {
      return Node.start(settings);
    } catch (NodeException e) {
      throw new CliException(e.getMessage(), e.remedy());
    }
  }

  private void announce(Node node, NodeSettings settings) {
    PrintWriter out = spec.commandLine().getOut();
    node.demo().ifPresent(demo -> out.print(Welcome.text(demo, node.file(), settings)));
    out.println("READY " + Welcome.ready(node.file(), settings));
    out.flush();
  }
}
