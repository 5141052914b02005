package dev.quarry.cli;

import dev.quarry.crypto.Evidence;
import dev.quarry.crypto.LocalKeyService;
import dev.quarry.node.HostPort;
import dev.quarry.node.HttpLimits;
import dev.quarry.node.KeySettings;
import dev.quarry.node.Node;
import dev.quarry.node.NodeException;
import dev.quarry.node.NodeSettings;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Model.CommandSpec;

/// Runs a node.
final class ServeCommand {
  private static final String LISTEN = "--listen";
  private static final String SOCKET = "--socket";
  private static final String API = "--api";
  private static final String ACCEPT_LOST_EVIDENCE = "--accept-lost-evidence";
  private static final String LOG_FORMAT = "--log-format";

  private ServeCommand() {}

  static CommandSpec spec() {
    CommandBuilder command =
        new CommandBuilder(
                "serve",
                "Runs a node: serves the volumes of a data folder until it is told to end.")
            .dataFolder()
            .option(
                LISTEN,
                "HOST:PORT",
                "Where to serve NBD over TCP; port 0 takes any free one.",
                NodeSettings.DEFAULT_NBD,
                HostPort.class,
                HostPort::parse)
            .option(
                SOCKET, "PATH", "The Unix socket for NBD. Default: nbd.sock in the data folder.")
            .option(
                API,
                "HOST:PORT",
                "Where the control API listens, on loopback; commands find it in the data folder.",
                NodeSettings.DEFAULT_API,
                HostPort.class,
                HostPort::parse)
            .choice(
                LOG_FORMAT,
                "FORMAT",
                "How to log to standard error.",
                LogFormat.TEXT,
                LogFormat.class);
    return RootKeyOptions.PRESENT
        .addTo(
            AccessOptions.addTo(TlsOptions.addTo(StoreOptions.addTo(LimitOptions.addTo(command)))))
        .flag(
            ACCEPT_LOST_EVIDENCE,
            "Open the keys although their audit log was changed or lost, or their file put back.")
        .examples(
            "quarry serve                                        in ./quarry-data",
            "quarry serve --data /srv/quarry --listen :10809     for other machines too",
            "quarry serve --group web=4000,250 --group db=20000,1000",
            "quarry serve --store s3://backups/quarry --s3-endpoint http://nas:9000",
            "",
            "When it serves, it prints a line READY with its addresses as JSON. SIGTERM and SIGINT",
            "end it: it finishes what is in flight, makes everything durable and exits with 0.",
            "NBD has no passwords: whoever reaches the address may read and write every volume,",
            "unless TLS is required and clients are verified, by certificates or by keys.",
            "",
            "The root key seals the keys of encrypted volumes. Unless one is named, it is a file"
                + " in",
            "the data folder: who has the folder then has the keys. To change it: quarry key",
            "change-root.")
        .does(ServeCommand::run);
  }

  private static void run(Invocation given) throws InterruptedException {
    Path data = given.dataFolder();
    NodeSettings settings =
        new NodeSettings(
            data,
            given.value(LISTEN),
            given.text(SOCKET).map(Path::of).orElseGet(() -> NodeSettings.defaultSocket(data)),
            given.value(API),
            new KeySettings(
                RootKeyOptions.PRESENT.of(given),
                given.flag(ACCEPT_LOST_EVIDENCE) ? Evidence.LOSS_ACCEPTED : Evidence.REQUIRED),
            LimitOptions.of(given),
            StoreOptions.ofProcess().of(given),
            TlsOptions.of(given),
            AccessOptions.of(given));
    Thread.ofPlatform().daemon().name("preload").start(LocalKeyService::preload);
    Logs.begin(given.value(LOG_FORMAT));
    HttpLimits.apply();
    Node node = start(settings);
    Ending.onSignal(node);
    node.demo()
        .ifPresent(demo -> given.print(Welcome.text(demo, node.file(), settings.dataFolder())));
    given.print("READY " + Welcome.ready(node.file(), settings.dataFolder()) + "\n");
    new CountDownLatch(1).await(); // until a signal ends the process
  }

  private static Node start(NodeSettings settings) {
    try {
      return Node.start(settings);
    } catch (NodeException e) {
      throw new CliException(e.getMessage(), e.remedy());
    }
  }
}
