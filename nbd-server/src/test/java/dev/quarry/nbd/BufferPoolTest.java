package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BufferPoolTest {
  private static final int MIB = 1 << 20;

  private final BufferPool pool = new BufferPool(64 * MIB);
  private Waker first;
  private Waker second;

  @BeforeEach
  void open() throws IOException {
    first = Waker.open();
    second = Waker.open();
  }

  @AfterEach
  void close() {
    pool.close();
    first.close();
    second.close();
  }

  /// Whether a waker was woken since this was asked last.
  private static boolean woken(Waker waker) {
    boolean woken = !waker.arm();
    waker.disarm();
    return woken;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 4096",
    "1, 4096",
    "4096, 4096",
    "4097, 8192",
    "1048576, 1048576",
    "1048577, 2097152",
    "33554432, 33554432"
  })
  void capacityFor_length_nextPowerOfTwo(int length, int capacity) {
    assertEquals(capacity, BufferPool.capacityFor(length));
  }

  @Test
  void tryTake_withinBudget_fresh() {
    Buffer buffer = pool.tryTake(5000);
    assertEquals(8192, buffer.capacity());
    assertEquals(Buffer.DATA_AT + 8192, buffer.memory().byteSize());
    assertEquals(8192, pool.heldBytes());
    pool.give(buffer);
    assertEquals(0, pool.heldBytes());
  }

  @Test
  void tryTake_afterGive_sameMemory() {
    Buffer buffer = pool.tryTake(5000);
    pool.give(buffer);
    assertSame(buffer, pool.tryTake(8000));
    pool.give(buffer);
  }

  @Test
  void tryTake_overBudget_nullUntilSomeIsGiven() {
    Buffer one = pool.tryTake(32 * MIB);
    Buffer two = pool.tryTake(32 * MIB);
    assertNull(pool.tryTake(1));
    pool.give(one);
    Buffer small = pool.tryTake(1);
    assertNull(pool.tryTake(32 * MIB));
    pool.give(small);
    pool.give(two);
  }

  @Test
  void tryTake_idleOnesInTheWay_replaced() {
    for (int i = 0; i < 16; i++) { // leaves 16 MiB idle, the most that is kept
      pool.give(pool.tryTake(MIB << (i % 4)));
    }
    Buffer one = pool.tryTake(32 * MIB);
    Buffer two = pool.tryTake(32 * MIB);
    assertNotNull(two);
    pool.give(one);
    pool.give(two);
  }

  @Test
  void takeOrWait_overBudget_inLineAndWoken() {
    Buffer held = pool.tryTake(32 * MIB);
    Buffer small = pool.tryTake(MIB);
    assertFalse(pool.contended());
    assertNull(pool.takeOrWait(32 * MIB, first));
    assertTrue(pool.contended());
    assertFalse(woken(first));
    pool.give(small);
    assertTrue(woken(first));
    Buffer taken = pool.takeOrWait(32 * MIB, first);
    assertNotNull(taken);
    assertFalse(pool.contended());
    pool.give(taken);
    pool.give(held);
  }

  @Test
  void takeOrWait_secondInLine_afterTheFirst() {
    Buffer held = pool.tryTake(32 * MIB);
    Buffer small = pool.tryTake(MIB);
    assertNull(pool.takeOrWait(32 * MIB, first));
    assertNull(pool.takeOrWait(MIB, second)); // there would be room for it
    assertNull(pool.tryTake(1));
    pool.give(small);
    assertFalse(woken(second));
    assertTrue(woken(first));
    Buffer taken = pool.takeOrWait(32 * MIB, first);
    pool.give(held);
    assertTrue(woken(second));
    pool.give(pool.takeOrWait(MIB, second));
    pool.give(taken);
  }

  @Test
  void leave_firstInLine_nextIsWoken() {
    Buffer held = pool.tryTake(32 * MIB);
    Buffer more = pool.tryTake(32 * MIB);
    assertNull(pool.takeOrWait(MIB, first));
    assertNull(pool.takeOrWait(MIB, second));
    pool.leave(first);
    assertTrue(woken(second));
    pool.leave(second);
    assertFalse(pool.contended());
    pool.give(held);
    pool.give(more);
  }

  @Test
  void budget_smallerThanAPayload_refused() {
    assertThrows(IllegalArgumentException.class, () -> new BufferPool(32 * MIB - 1));
  }
}
