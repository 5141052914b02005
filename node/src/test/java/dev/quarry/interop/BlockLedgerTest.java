package dev.quarry.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.interop.BlockLedger.Content;
import dev.quarry.interop.BlockLedger.FlushPoint;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The judge of the crash tests, judged: what it must accept, and what it must not.
class BlockLedgerTest {
  private final BlockLedger ledger = new BlockLedger(2);

  @Test
  void settle_anyVersionThatWasNotYetStable_isAccepted() {
    Content first = ledger.issue(0, false);
    ledger.acknowledged(0, first);
    Content second = ledger.issue(0, false);
    for (long found : new long[] {0, first.version(), second.version()}) {
      BlockLedger fresh = new BlockLedger(1);
      fresh.acknowledged(0, fresh.issue(0, false));
      fresh.issue(0, false);
      assertEquals(Optional.empty(), fresh.settle(0, found));
    }
  }

  @Test
  void settle_olderThanFlushed_isRefused() {
    Content first = ledger.issue(0, false);
    ledger.acknowledged(0, first);
    Content second = ledger.issue(0, false);
    ledger.acknowledged(0, second);
    ledger.flushed(ledger.flushPoint());

    assertTrue(ledger.settle(0, first.version()).isPresent());
    assertTrue(ledger.settle(0, 0).isPresent());
    assertEquals(Optional.empty(), ledger.settle(0, second.version()));
  }

  @Test
  void settle_acknowledgedAfterTheFlushWasSent_mayBeLost() {
    FlushPoint point = ledger.flushPoint();
    ledger.acknowledged(0, ledger.issue(0, false));
    ledger.flushed(point);

    assertEquals(Optional.empty(), ledger.settle(0, 0));
  }

  @Test
  void settle_olderThanForced_isRefusedForThatBlockOnly() {
    ledger.acknowledged(0, ledger.issue(0, false));
    Content forced = ledger.issue(1, false);
    ledger.acknowledged(1, forced);
    ledger.stable(1, forced);

    assertEquals(Optional.empty(), ledger.settle(0, 0));
    assertTrue(ledger.settle(1, 0).isPresent());
  }

  @Test
  void settle_zerosWhereNothingWasZeroed_isRefused() {
    Content stamped = ledger.issue(0, false);
    ledger.stable(0, stamped);
    Content zeroed = ledger.issue(1, true);
    ledger.stable(1, zeroed);

    assertTrue(ledger.settle(0, 0).isPresent());
    assertEquals(Optional.empty(), ledger.settle(1, 0));
  }

  @Test
  void settle_whatAnEarlierCrashLost_doesNotComeBack() {
    Content lost = ledger.issue(0, false);
    assertEquals(Optional.empty(), ledger.settle(0, 0));

    assertTrue(ledger.settle(0, lost.version()).isPresent());
  }

  @Test
  void disagreement_otherThanTheLastContent_isReported() {
    Content first = ledger.issue(0, false);
    ledger.acknowledged(0, first);
    Content second = ledger.issue(0, false);
    ledger.acknowledged(0, second);

    assertTrue(ledger.disagreement(0, first.version()).isPresent());
    assertEquals(Optional.empty(), ledger.disagreement(0, second.version()));
  }

  @Test
  void decode_wholeBlock_isItsVersion() {
    assertEquals(7, StampedBlock.decode(StampedBlock.encode(3, 7), 3));
    assertEquals(0, StampedBlock.decode(new byte[StampedBlock.BYTES], 3));
  }

  @Test
  void decode_partsOfTwoVersions_isRefused() {
    byte[] torn = StampedBlock.encode(3, 7);
    byte[] other = StampedBlock.encode(3, 8);
    System.arraycopy(other, 2048, torn, 2048, 2048);
    assertThrows(AssertionError.class, () -> StampedBlock.decode(torn, 3));

    byte[] halfZeroed = StampedBlock.encode(3, 7);
    Arrays.fill(halfZeroed, 0, 512, (byte) 0);
    assertThrows(AssertionError.class, () -> StampedBlock.decode(halfZeroed, 3));
  }

  @Test
  void decode_blockFromElsewhere_isRefused() {
    assertThrows(AssertionError.class, () -> StampedBlock.decode(StampedBlock.encode(3, 7), 4));
  }
}
