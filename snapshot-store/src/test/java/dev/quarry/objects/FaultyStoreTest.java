package dev.quarry.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.objects.FaultPlan.Fault;
import dev.quarry.objects.ObjectStore.Put;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FaultyStoreTest extends FolderStoreContract {
  private static final byte[] BYTES = {1, 2, 3, 4};

  private final MemoryStore behind = MemoryStore.create();
  private final ManualStoreTime time = new ManualStoreTime();

  @Override
  ObjectStore create() {
    return new FaultyStore(MemoryStore.create(), FaultPlan.none(), time);
  }

  private FaultyStore first(Fault fault) {
    return new FaultyStore(behind, FaultPlan.at(0, fault), time);
  }

  @Test
  void put_faultBefore_hasNoEffect() throws Exception {
    assertThrows(
        ObjectStoreException.Unavailable.class, () -> first(Fault.BEFORE).putIfAbsent("a", BYTES));
    assertEquals(Optional.empty(), behind.get("a"));
  }

  @Test
  void put_faultAfter_hasItsEffect() throws Exception {
    FaultyStore store = first(Fault.AFTER);
    assertThrows(ObjectStoreException.Unavailable.class, () -> store.putIfAbsent("a", BYTES));
    assertEquals(Put.EXISTED, store.putIfAbsent("a", BYTES));
    assertEquals(2, store.calls());
  }

  @Test
  void get_shortOrCorrupt_isWrong() throws Exception {
    behind.putIfAbsent("a", BYTES);
    assertArrayEquals(new byte[] {1, 2}, first(Fault.SHORT).get("a").orElseThrow());
    assertArrayEquals(new byte[] {1, 2, 0x13, 4}, first(Fault.CORRUPT).get("a").orElseThrow());
    assertArrayEquals(
        new byte[] {2, 3 ^ 0x10}, first(Fault.CORRUPT).getRange("a", 1, 2).orElseThrow());
    assertThrows(
        ObjectStoreException.Unavailable.class, () -> first(Fault.SHORT).getRange("a", 0, 4));
    assertArrayEquals(BYTES, behind.get("a").orElseThrow());
  }

  @Test
  void list_short_saysThatThereIsMore() throws Exception {
    behind.putIfAbsent("a", BYTES);
    behind.putIfAbsent("b", BYTES);
    ObjectStore.Page page = first(Fault.SHORT).list("", "", 10);
    assertEquals(1, page.entries().size());
    assertTrue(page.more());
  }

  @Test
  void call_slow_takesASecond() throws Exception {
    assertFalse(first(Fault.SLOW).head("a").isPresent());
    assertEquals(1_000_000_000, time.nanoTime());
  }

  @Test
  void call_hung_goesOnWhenReleased() throws Exception {
    behind.putIfAbsent("a", BYTES);
    FaultyStore store = first(Fault.HANG);
    CompletableFuture<byte[]> got = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            got.complete(store.get("a").orElseThrow());
          } catch (ObjectStoreException e) {
            got.completeExceptionally(e);
          }
        });
    while (store.calls() == 0) {
      Thread.onSpinWait();
    }
    assertFalse(got.isDone());
    store.release();
    assertArrayEquals(BYTES, got.get());
  }
}
