package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PackMemoryTest {
  private final PackMemory memory = new PackMemory(4);
  private final StopFlag go = new StopFlag();

  @Test
  void take_alone_getsAllThereIs() {
    try (PackMemory.Turn turn = memory.turn(3, go)) {
      List<byte[]> packs = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        packs.add(turn.take());
      }
      assertEquals(4, packs.stream().distinct().count());
      packs.forEach(turn::giveBack);
      turn.awaitAll();
      byte[] again = turn.take();
      assertTrue(packs.stream().anyMatch(pack -> pack == again), "memory is used again");
      turn.giveBack(again);
    }
  }

  @Test
  void take_ofMoreThanWasGivenBackAllows_waits() throws Exception {
    PackMemory large = new PackMemory(8);
    try (PackMemory.Turn turn = large.turn(3, go)) {
      List<byte[]> packs = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        packs.add(turn.take());
      }
      FutureTask<byte[]> fifth = started(turn::take);
      assertThrows(TimeoutException.class, () -> fifth.get(100, TimeUnit.MILLISECONDS));
      turn.giveBack(packs.removeLast());
      packs.add(fifth.get());
      packs.add(turn.take()); // one was given back: there may be one more than at first
      FutureTask<byte[]> sixth = started(turn::take);
      assertThrows(TimeoutException.class, () -> sixth.get(100, TimeUnit.MILLISECONDS));
      packs.forEach(turn::giveBack);
      turn.giveBack(sixth.get());
    }
  }

  @Test
  void turn_whileAnotherHasWhatItNeeds_waitsForItsEnd() throws Exception {
    PackMemory.Turn first = memory.turn(3, go);
    byte[] extra = null;
    for (int i = 0; i < 4; i++) {
      extra = first.take(); // one more than it can count on
    }
    CountDownLatch asked = new CountDownLatch(1);
    FutureTask<PackMemory.Turn> second =
        started(() -> {
          asked.countDown();
          return memory.turn(3, go);
        });
    asked.await();
    first.giveBack(extra);
    first.giveBack(new byte[0]);
    first.giveBack(new byte[0]);
    first.giveBack(new byte[0]);
    assertEquals(false, second.isDone());
    first.close();
    second.get().close();
  }

  @Test
  void turns_areGivenInTheirOrder() throws Exception {
    PackMemory.Turn first = memory.turn(4, go);
    List<Integer> order = new ArrayList<>();
    List<FutureTask<Object>> others = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int number = i;
      FutureTask<Object> other =
          new FutureTask<>(() -> {
            try (PackMemory.Turn turn = memory.turn(4, go)) {
              synchronized (order) {
                order.add(number);
              }
              return turn;
            }
          });
      Thread thread = Thread.ofPlatform().start(other);
      while (thread.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      others.add(other);
    }
    first.close();
    for (FutureTask<Object> other : others) {
      other.get();
    }
    assertEquals(List.of(0, 1, 2), order);
  }

  @Test
  void turn_thatIsToStop_letsTheNextOneIn() throws Exception {
    PackMemory.Turn first = memory.turn(4, go);
    StopFlag stop = new StopFlag();
    FutureTask<PackMemory.Turn> second = started(() -> memory.turn(4, stop));
    FutureTask<PackMemory.Turn> third = started(() -> memory.turn(4, go));
    stop.stop();
    Exception why = assertThrows(java.util.concurrent.ExecutionException.class, second::get);
    assertSame(SnapshotException.Cancelled.class, why.getCause().getClass());
    first.close();
    third.get().close();
  }

  private static <T> FutureTask<T> started(java.util.concurrent.Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofPlatform().daemon().start(task);
    return task;
  }
}
