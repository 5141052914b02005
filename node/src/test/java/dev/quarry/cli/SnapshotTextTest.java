package dev.quarry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.node.JsonObject;
import java.util.Locale;
import org.junit.jupiter.api.Test;

final class SnapshotTextTest {
  @Test
  void transfer_looksTheSameWhateverLanguageTheMachineSpeaks() {
    JsonObject transfer =
        new JsonObject()
            .put("percent", 42)
            .put("bytesPerSecond", 3 << 19)
            .put("remainingSeconds", 3661);
    Locale usual = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      assertEquals("42 %, 1.5 MiB/s, 1:01:01 to go", SnapshotText.transfer(transfer));
    } finally {
      Locale.setDefault(usual);
    }
  }
}
