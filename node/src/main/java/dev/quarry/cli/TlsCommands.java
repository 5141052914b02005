package dev.quarry.cli;

import dev.quarry.disk.PosixDisk;
import dev.quarry.tls.CertificateFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// The commands about TLS.
final class TlsCommands {
  static final String NAME = "tls";
  private static final String HOSTS = "--hosts";
  private static final String CLIENT = "--client";

  private TlsCommands() {}

  static CommandSpec spec() {
    return new CommandBuilder(NAME, "Makes what TLS needs.").groups(init());
  }

  private static CommandSpec init() {
    return new CommandBuilder(
            "init", "Makes an authority of your own, and certificates for server and client.")
        .dataFolder()
        .option(
            TlsOptions.CERTIFICATES,
            "DIR",
            "The folder to make them in. Default: tls in the data folder.")
        .option(
            HOSTS,
            "NAME,NAME,...",
            "Names and addresses that clients reach the node by.",
            "localhost,127.0.0.1,::1",
            String.class,
            text -> text)
        .option(
            CLIENT,
            "NAME",
            "What the client is called, for --tls-access.",
            "client",
            String.class,
            text -> text)
        .examples(
            "quarry tls init --hosts storage.example.com",
            "quarry serve --listen :10809 --tls require --tls-certificates quarry-data/tls",
            "nbdinfo 'nbds://storage.example.com/demo?tls-certificates=DIR'",
            "",
            "A client needs ca-cert.pem, and with --tls-verify-peer client-cert.pem and",
            "client-key.pem. Keep ca-key.pem where no one else reads it.")
        .does(TlsCommands::create);
  }

  private static void create(Invocation given) {
    List<String> hosts =
        Arrays.stream(given.<String>value(HOSTS).split(","))
            .map(String::strip)
            .filter(host -> !host.isEmpty())
            .toList();
    if (hosts.isEmpty()) {
      throw given.wrongUsage(HOSTS + " needs at least one name");
    }
    try {
      Path folder = folder(given);
      CertificateFolder.create(folder, hosts, given.value(CLIENT), Instant.now());
      given.print("certificates made in " + folder + "\n");
    } catch (IOException e) {
      throw new CliException(e.getMessage(), "choose another folder with --tls-certificates");
    }
  }

  private static Path folder(Invocation given) throws IOException {
    Optional<Path> named = given.text(TlsOptions.CERTIFICATES).map(Path::of);
    if (named.isPresent()) {
      return named.get();
    }
    PosixDisk.open(given.dataFolder()); // makes it its owner's alone, as a node does
    return given.dataFolder().resolve("tls");
  }
}
