package dev.quarry.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A volume that stamped blocks are written to, and what is known of them.
final class StampedVolume {
  private static final int GROUPS = 96;

  private final ServedVolume served;
  private final BlockSpread spread;
  private final BlockLedger ledger;

  StampedVolume(ServedVolume served) {
    this.served = served;
    spread = new BlockSpread(served.sizeBytes(), GROUPS);
    ledger = new BlockLedger(spread.blockCount());
  }

  ServedVolume served() {
    return served;
  }

  BlockSpread spread() {
    return spread;
  }

  BlockLedger ledger() {
    return ledger;
  }

  /// Reads every block after a crash: each must be one whole version, and not older than the last
  /// that was promised to be stable. What is found is flushed and counts from here on.
  ///
  /// @return what is wrong, nothing if all is well
  List<String> settle(Transport transport) throws IOException {
    List<String> wrong = new ArrayList<>();
    try (NbdTestClient client = NbdTestClient.open(served.address(transport), served.export())) {
      for (int group = 0; group < spread.groupCount(); group++) {
        settleGroup(group, client.read(spread.groupOffset(group), BlockSpread.GROUP_BYTES), wrong);
      }
      client.flush();
      client.disconnect();
    }
    return wrong;
  }

  private void settleGroup(int group, byte[] data, List<String> wrong) {
    for (int i = 0; i < BlockSpread.GROUP_BLOCKS; i++) {
      int block = group * BlockSpread.GROUP_BLOCKS + i;
      int from = i * StampedBlock.BYTES;
      try {
        long found =
            StampedBlock.decode(Arrays.copyOfRange(data, from, from + StampedBlock.BYTES), block);
        ledger.settle(block, found).ifPresent(wrong::add);
      } catch (AssertionError torn) {
        wrong.add(torn.getMessage());
      }
    }
  }
}
