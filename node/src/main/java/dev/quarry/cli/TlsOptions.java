package dev.quarry.cli;

import dev.quarry.nbd.TlsMode;
import dev.quarry.node.NodeTls;
import java.nio.file.Path;

/// The options that say how clients of a node talk through TLS, named as nbdkit's.
final class TlsOptions {
  static final String CERTIFICATES = "--tls-certificates";
  private static final String TLS = "--tls";
  private static final String SOCKET = "--tls-socket";
  private static final String PSK = "--tls-psk";
  private static final String VERIFY = "--tls-verify-peer";
  private static final String ACCESS = "--tls-access";

  private TlsOptions() {}

  /// Whether clients may, or have to, talk through TLS.
  enum Choice {
    OFF,
    ON,
    REQUIRE;

    TlsMode mode() {
      return switch (this) {
        case OFF -> TlsMode.OFF;
        case ON -> TlsMode.ON;
        case REQUIRE -> TlsMode.REQUIRED;
      };
    }
  }

  /// Adds them to a command.
  static CommandBuilder addTo(CommandBuilder command) {
    return command
        .choice(TLS, "MODE", "TLS for NBD over TCP.", Choice.OFF, Choice.class)
        .choice(SOCKET, "MODE", "TLS on the Unix socket.", Choice.OFF, Choice.class)
        .option(
            CERTIFICATES,
            "DIR",
            "Certificates: ca-cert.pem, server-cert.pem and server-key.pem in a folder.")
        .option(PSK, "FILE", "Keys in place of certificates: lines of USERNAME:HEXKEY.")
        .flag(VERIFY, "Clients have to show a certificate of the same authority.")
        .option(
            ACCESS,
            "FILE",
            "Who may use which volume: lines of 'NAME: VOLUME VOLUME:ro ...', * for all, :ro to"
                + " read only. NAME is the common name of a certificate or the name of a key.");
  }

  /// What was given.
  static NodeTls of(Invocation given) {
    try {
      return new NodeTls(
          given.<Choice>value(TLS).mode(),
          given.<Choice>value(SOCKET).mode(),
          given.text(CERTIFICATES).map(Path::of),
          given.text(PSK).map(Path::of),
          given.flag(VERIFY),
          given.text(ACCESS).map(Path::of));
    } catch (IllegalArgumentException e) {
      throw given.wrongUsage(e.getMessage());
    }
  }
}
