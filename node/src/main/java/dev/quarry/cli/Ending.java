package dev.quarry.cli;

import dev.quarry.node.Node;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How a node's process ends: SIGTERM and SIGINT run the JVM's shutdown hooks.
final class Ending {
  /// More than clients get to finish, and time to flush besides. Service supervisors kill after 90
  /// seconds (systemd.service(5), `TimeoutStopSec`).
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

  private Ending() {}

  /// Makes signals end a node in good order.
  static void onSignal(Node node) {
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("ending").unstarted(() -> end(node)));
  }

  /// Ends the process, by halting it: the JVM would exit with the signal's number otherwise.
  private static void end(Node node) {
    Thread closing =
        Thread.ofPlatform()
            .name("closing")
            .start(() -> {
              try {
                node.close();
                Runtime.getRuntime().halt(0);
              } catch (Exception | AssertionError e) {
                LOG.error("the node did not end well; see which volumes are in error", e);
                Runtime.getRuntime().halt(1);
              }
            });
    try {
      closing.join(TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    LOG.error("the node did not end in time, giving up timeout={}", TIMEOUT);
    Runtime.getRuntime().halt(1);
  }
}
