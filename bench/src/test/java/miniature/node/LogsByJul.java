package miniature.node;

import java.util.logging.Logger;

final class LogsByJul {
  Logger log() {
    return Logger.getLogger("miniature");
  }
}
