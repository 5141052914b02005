package dev.quarry.node;

import dev.quarry.crypto.KeyServiceException;
import dev.quarry.crypto.LocalKeyService;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does for the keys what falls due as time passes: rotates those with a schedule, and deletes
/// those whose waiting period is over. A failure is logged, and tried again the next time.
///
/// @param keys what is looked after; it has the clock
record KeyUpkeep(LocalKeyService keys) implements Runnable {
  /// How often: what is due is done at most an hour late.
  static final Duration PERIOD = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(KeyUpkeep.class);

  @Override
  public void run() {
    try {
      for (String id : keys.rotateDue()) {
        LOG.atInfo().setMessage("key rotated on schedule").addKeyValue("key", id).log();
      }
      for (String id : keys.purgeDue()) {
        LOG.atWarn()
            .setMessage("key deleted, its waiting period is over; what it encrypted is lost")
            .addKeyValue("key", id)
            .log();
      }
    } catch (KeyServiceException e) {
      LOG.atError().setMessage("keys could not be looked after").setCause(e).log();
    }
  }
}
