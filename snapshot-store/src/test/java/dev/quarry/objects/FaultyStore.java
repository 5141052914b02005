package dev.quarry.objects;

import dev.quarry.objects.FaultPlan.Call;
import dev.quarry.objects.FaultPlan.Fault;
import dev.quarry.objects.FaultPlan.Verb;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// A store whose calls go wrong as a plan says, before or after they had their effect.
public final class FaultyStore extends FilterStore {
  private static final long SLOW_NANOS = 1_000_000_000;

  private final FaultPlan plan;
  private final StoreTime time;
  private final AtomicInteger calls = new AtomicInteger();
  private final CountDownLatch released = new CountDownLatch(1);

  public FaultyStore(ObjectStore next, FaultPlan plan, StoreTime time) {
    super(next);
    this.plan = plan;
    this.time = time;
  }

  /// How many calls there were so far.
  public int calls() {
    return calls.get();
  }

  /// Lets the calls that hang go on, and all that would hang from now on.
  public void release() {
    released.countDown();
  }

  @Override
  public Put putIfAbsent(String name, MemorySegment bytes) throws ObjectStoreException {
    Fault fault = begin(Verb.PUT, name);
    Put put = next().putIfAbsent(name, bytes);
    end(fault, Verb.PUT, name);
    return put;
  }

  @Override
  public Optional<byte[]> get(String name) throws ObjectStoreException {
    Fault fault = begin(Verb.GET, name);
    Optional<byte[]> bytes = next().get(name);
    end(fault, Verb.GET, name);
    return bytes.map(right ->
        switch (fault) {
          case SHORT -> Arrays.copyOf(right, right.length / 2);
          case CORRUPT -> flipped(right);
          default -> right;
        });
  }

  @Override
  public boolean getRange(String name, long offset, MemorySegment into)
      throws ObjectStoreException {
    Fault fault = begin(Verb.GET, name);
    boolean there = next().getRange(name, offset, into);
    if (there && fault == Fault.SHORT && into.byteSize() > 0) {
      into.asSlice(into.byteSize() / 2).fill((byte) 0x5a);
      throw unavailable(Verb.GET, name, "ends early");
    }
    if (there && fault == Fault.CORRUPT) {
      into.copyFrom(MemorySegment.ofArray(flipped(into.toArray(ValueLayout.JAVA_BYTE))));
    }
    end(fault, Verb.GET, name);
    return there;
  }

  @Override
  public Optional<Head> head(String name) throws ObjectStoreException {
    Fault fault = begin(Verb.HEAD, name);
    Optional<Head> head = next().head(name);
    end(fault, Verb.HEAD, name);
    return head;
  }

  @Override
  public Page list(String prefix, String startAfter, int limit) throws ObjectStoreException {
    Fault fault = begin(Verb.LIST, prefix);
    Page page = next().list(prefix, startAfter, limit);
    end(fault, Verb.LIST, prefix);
    return fault == Fault.SHORT && page.entries().size() > 1
        ? new Page(page.entries().subList(0, 1), true)
        : page;
  }

  @Override
  public void delete(String name) throws ObjectStoreException {
    Fault fault = begin(Verb.DELETE, name);
    next().delete(name);
    end(fault, Verb.DELETE, name);
  }

  private Fault begin(Verb verb, String name) throws ObjectStoreException {
    Fault fault = plan.of(new Call(calls.getAndIncrement(), verb, name));
    try {
      switch (fault) {
        case BEFORE -> throw unavailable(verb, name, "before the effect");
        case SLOW -> time.sleep(SLOW_NANOS);
        case HANG -> released.await();
        case NONE, AFTER, SHORT, CORRUPT -> {}
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ObjectStoreException.Stopped("interrupted name=" + name, e);
    }
    return fault;
  }

  private static void end(Fault fault, Verb verb, String name) throws ObjectStoreException {
    if (fault == Fault.AFTER) {
      throw unavailable(verb, name, "after the effect");
    }
  }

  private static ObjectStoreException.Unavailable unavailable(Verb verb, String name, String when) {
    return new ObjectStoreException.Unavailable(
        "injected fault %s verb=%s name=%s".formatted(when, verb, name), null);
  }

  private static byte[] flipped(byte[] right) {
    byte[] wrong = right.clone();
    if (wrong.length > 0) {
      wrong[wrong.length / 2] ^= 0x10;
    }
    return wrong;
  }
}
