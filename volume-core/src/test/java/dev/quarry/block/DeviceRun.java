package dev.quarry.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.disk.Crash;
import dev.quarry.disk.SimulatedCrash;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Carries out a sequence of steps on a device and on the model beside it.
final class DeviceRun implements AutoCloseable {
  private static final int MOST_VIEWS = 2;

  private final DeviceFixture fixture;
  private final DeviceModel model;
  private final int sizeBytes;
  private final Deque<View> views = new ArrayDeque<>();
  private Crash crash = Crash.KILL;

  /// The change in flight: what a crash may leave of it.
  private long changeOffset;

  private byte[] changeBytes = {};

  private record View(DeviceFixture.Frozen frozen, byte[] contents) {}

  DeviceRun(DeviceFixture fixture, long sizeBytes) {
    this.fixture = fixture;
    this.sizeBytes = Math.toIntExact(sizeBytes);
    this.model = new DeviceModel(this.sizeBytes);
  }

  void run(List<DeviceStep> steps) throws Exception {
    for (DeviceStep step : steps) {
      try {
        changeBytes = new byte[0];
        run(step);
      } catch (SimulatedCrash _) {
        recover();
      }
    }
    try {
      changeBytes = new byte[0];
      closeViews();
      checkAll();
    } catch (SimulatedCrash _) {
      recover();
      checkAll();
    }
  }

  private void run(DeviceStep step) throws Exception {
    switch (step) {
      case DeviceStep.Read(var range, var onHeap, var attempt) -> read(range, onHeap, attempt);
      case DeviceStep.Write(var range, var seed, var onHeap, var forced) -> {
        byte[] bytes = begin(range, TestBytes.pattern(seed, range.length()));
        MemorySegment from = TestBytes.buffer(onHeap, bytes.length + 3, 0);
        from.asSlice(3).copyFrom(MemorySegment.ofArray(bytes));
        device().write(range.offset(), from, 3, bytes.length, durability(forced));
        model.put(range.offset(), bytes, forced);
      }
      case DeviceStep.TryWrite(var range, var seed) -> {
        byte[] bytes = begin(range, TestBytes.pattern(seed, range.length()));
        if (device().tryWrite(range.offset(), MemorySegment.ofArray(bytes), 0, bytes.length)) {
          model.put(range.offset(), bytes, false);
        }
      }
      case DeviceStep.Zero(var range, var mode, var forced) -> {
        byte[] zeros = begin(range, new byte[range.length()]);
        device().zero(range.offset(), range.length(), mode, durability(forced));
        model.put(range.offset(), zeros, forced);
      }
      case DeviceStep.Trim(var range, var forced) -> {
        byte[] zeros = begin(range, new byte[range.length()]);
        device().trim(range.offset(), range.length(), durability(forced));
        model.put(range.offset(), zeros, forced);
      }
      case DeviceStep.Extents(var range, var limit) ->
          assertExtents(
              model, device().extents(range.offset(), range.length(), limit), range, limit);
      case DeviceStep.Flush() -> {
        device().flush();
        model.flushed();
      }
      case DeviceStep.Reopen() -> reopen();
      case DeviceStep.Freeze() -> freeze();
      case DeviceStep.CheckFrozen(var close) -> checkFrozen(close);
      case DeviceStep.CrashAfter(var steps, var how) -> {
        if (fixture.crashAfter(steps, how)) {
          crash = how;
        }
      }
    }
  }

  private byte[] begin(DeviceStep.Range range, byte[] bytes) {
    changeOffset = range.offset();
    changeBytes = bytes;
    return bytes;
  }

  private void read(DeviceStep.Range range, boolean onHeap, boolean attempt) throws Exception {
    MemorySegment into = TestBytes.buffer(onHeap, range.length() + 4, 0x55);
    if (attempt) {
      if (!device().tryRead(range.offset(), into, 2, range.length())) {
        return;
      }
    } else {
      device().read(range.offset(), into, 2, range.length());
    }
    byte[] bytes = into.asSlice(2, range.length()).toArray(ValueLayout.JAVA_BYTE);
    assertSame(model.get(range.offset(), range.length()), bytes, range.toString());
  }

  private void reopen() throws Exception {
    closeViews();
    if (fixture.reopen()) {
      model.flushed();
      checkAll();
    }
  }

  private void freeze() throws Exception {
    if (views.size() < MOST_VIEWS) {
      Optional<DeviceFixture.Frozen> frozen = fixture.freeze();
      frozen.ifPresent(view -> views.add(new View(view, model.contents())));
    }
  }

  private void checkFrozen(boolean close) throws Exception {
    if (!views.isEmpty()) {
      View view = views.getFirst();
      view.frozen.check(view.contents);
      if (close) {
        views.removeFirst();
        view.frozen.close();
      }
    }
  }

  private void recover() throws Exception {
    views.clear(); // views end with their process
    fixture.recover();
    byte[] actual = TestBytes.read(device(), 0, sizeBytes);
    if (crash.powerLoss()) {
      model.powerLost(changeOffset, changeBytes, actual);
    } else {
      model.killed(changeOffset, changeBytes, actual);
    }
    changeBytes = new byte[0];
    fixture.check(actual);
  }

  private void checkAll() throws Exception {
    assertSame(model.contents(), TestBytes.read(device(), 0, sizeBytes), "whole device");
    fixture.check(model.contents());
  }

  private void closeViews() throws Exception {
    for (View view; (view = views.poll()) != null; ) {
      view.frozen.check(view.contents);
      view.frozen.close();
    }
  }

  private BlockDevice device() {
    return fixture.device();
  }

  private static void assertSame(byte[] expected, byte[] actual, String what) {
    assertEquals(
        -1, TestBytes.firstDifference(expected, actual), () -> "first difference: " + what);
  }

  private static void assertExtents(
      DeviceModel model, List<Extent> extents, DeviceStep.Range range, int limit) {
    assertTrue(extents.size() <= limit, extents::toString);
    assertEquals(range.length() == 0, extents.isEmpty(), extents::toString);
    long at = range.offset();
    for (Extent extent : extents) {
      assertEquals(at, extent.offset(), extents::toString);
      at = extent.end();
      if (extent.state() != Extent.State.DATA) {
        assertTrue(model.isZero(extent.offset(), extent.length()), extents::toString);
      }
    }
    assertFalse(at > range.end(), extents::toString);
  }

  private static Durability durability(boolean forced) {
    return forced ? Durability.FORCED : Durability.CACHED;
  }

  @Override
  public void close() throws IOException {
    for (View view : views) {
      view.frozen.close();
    }
    fixture.close();
  }
}
