package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStoreException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/// A volume's log in the store: the only thing there that writers share. An entry is appended by
/// creating the object with the next number, which the store lets one writer do; entries are never
/// changed or deleted.
///
/// Safe for use by many threads, and beside other processes on the same store.
public final class LineageLog {
  /// How many entries lie between checkpoints: what a reader has to read one by one at most.
  static final int CHECKPOINT_INTERVAL = 32;

  /// The most entries that are read side by side.
  private static final int MAX_READ_AHEAD = 16;

  private final ObjectStore store;
  private final Seals seals;
  private final UUID volume;
  private final Anchors anchors;
  private final Clock clock;
  private final RandomGenerator random;
  private final Bits128 writer;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Lineage state; // changed with the lock held
  private boolean inDoubt; // whether an entry of ours may be there unread; guarded by lock
  private long ownEpoch; // guarded by lock; 0 until this process takes the log over

  private LineageLog(
      ObjectStore store,
      Seals seals,
      UUID volume,
      Anchors anchors,
      Clock clock,
      RandomGenerator random) {
    this.store = store;
    this.seals = seals;
    this.volume = volume;
    this.anchors = anchors;
    this.clock = clock;
    this.random = random;
    this.writer = Bits128.random(random);
    this.state = Lineage.empty(volume, seals.keyId());
  }

  /// Reads a volume's log, which may have no entry yet.
  ///
  /// @param random for nonces: has to be hard to guess and never to repeat, a SecureRandom
  /// @throws SnapshotException.RolledBack if the store has less than the anchor says
  /// @throws SnapshotException.Corrupt if an entry is not what was written
  public static LineageLog open(
      ObjectStore store,
      Seals seals,
      UUID volume,
      Anchors anchors,
      Clock clock,
      RandomGenerator random) {
    LineageLog log = new LineageLog(store, seals, volume, anchors, clock, random);
    log.lock.lock();
    try {
      Stores.run(() -> {
        log.state = log.latestCheckpoint();
        Optional<Anchors.Anchor> anchor = anchors.read(volume);
        if (anchor.isPresent() && anchor.get().number() <= log.state.number()) {
          log.checkEntry(anchor.get());
        }
        log.readOn(anchor);
        return log.state;
      });
    } finally {
      log.lock.unlock();
    }
    return log;
  }

  /// Reads a volume's whole log, from its first entry: no checkpoint is trusted.
  ///
  /// @throws SnapshotException.RolledBack if the store has less than the anchor says
  /// @throws SnapshotException.Corrupt if an entry is not what was written
  static Lineage verified(
      ObjectStore store,
      Seals seals,
      UUID volume,
      Anchors anchors,
      Clock clock,
      RandomGenerator random) {
    LineageLog log = new LineageLog(store, seals, volume, anchors, clock, random);
    log.lock.lock();
    try {
      return Stores.run(() -> {
        log.readOn(anchors.read(volume));
        return log.state;
      });
    } finally {
      log.lock.unlock();
    }
  }

  /// The volume.
  public UUID volume() {
    return volume;
  }

  /// The state as it was read last.
  public Lineage state() {
    return state;
  }

  /// The state, with what this process appended for certain: read anew if an answer was lost.
  Lineage settled() {
    lock.lock();
    try {
      return inDoubt ? refresh() : state;
    } finally {
      lock.unlock();
    }
  }

  /// Reads what others have appended.
  public Lineage refresh() {
    lock.lock();
    try {
      return Stores.run(() -> {
        readOn(Optional.empty());
        inDoubt = false;
        return state;
      });
    } finally {
      lock.unlock();
    }
  }

  /// Takes the log over: from here on this process makes and ends snapshots, and others that did so
  /// before find themselves fenced.
  public Lineage takeOver() {
    lock.lock();
    try {
      while (true) {
        long epoch = state.writerEpoch() + 1;
        Lineage before = state;
        if (tryAppend(epoch, new LogBody.Open(epoch))) {
          ownEpoch = epoch;
          return state;
        }
        assert state.number() > before.number();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Whether this process makes the snapshots, as far as it has read the log.
  boolean isOwn() {
    lock.lock();
    try {
      return ownEpoch != 0 && ownEpoch == state.writerEpoch();
    } finally {
      lock.unlock();
    }
  }

  /// What to append, given the state it will follow on.
  @FunctionalInterface
  public interface Proposal {
    LogBody on(Lineage state);
  }

  /// Appends an entry.
  ///
  /// @throws SnapshotException.IncorrectState if the state does not allow it
  /// @throws SnapshotException.Fenced if this process does not make snapshots any more
  /// @throws SnapshotException.Unavailable if the store cannot be reached; it may be appended
  ///   nevertheless, and [#refresh] will tell
  public Lineage append(LogBody body) {
    return append(_ -> body);
  }

  /// Appends an entry that depends on the state: asks again when somebody else was faster.
  public Lineage append(Proposal proposal) {
    lock.lock();
    try {
      while (true) {
        LogBody body = proposal.on(state);
        checkAllowed(body);
        if (tryAppend(ownEpoch, body)) {
          return state;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /// Appends an entry if it comes right behind another one: what it says was found out when that
  /// was the last, and may be wrong once there is more.
  ///
  /// @param number the entry that it has to come behind
  /// @return nothing if there are further entries; then this one is not there and never will be
  Optional<Lineage> appendRightBehind(long number, LogBody body) {
    lock.lock();
    try {
      if (state.number() != number) {
        return Optional.empty();
      }
      checkAllowed(body);
      return tryAppend(ownEpoch, body) ? Optional.of(state) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private void checkAllowed(LogBody body) {
    Optional<String> refusal = LineageRules.refusal(state, ownEpoch, clock.millis(), body);
    if (refusal.isEmpty()) {
      return;
    }
    boolean owners = body instanceof LogBody.Begin || body instanceof LogBody.Commit;
    if (owners && (ownEpoch == 0 || ownEpoch != state.writerEpoch())) {
      throw new SnapshotException.Fenced(refusal.get() + " volume=" + volume);
    }
    throw new SnapshotException.IncorrectState(refusal.get() + " volume=" + volume);
  }

  /// Puts an entry at the next number.
  ///
  /// @return whether it is there; otherwise another one is, and has been folded
  private boolean tryAppend(long writerEpoch, LogBody body) {
    Bits128 nonce = Bits128.random(random);
    LogEntry entry =
        new LogEntry(
            volume,
            state.number() + 1,
            writerEpoch,
            clock.millis(),
            writer,
            nonce,
            state.mac(),
            body);
    byte[] bytes = LogCodec.encode(seals, entry);
    inDoubt = true; // until there is an answer
    return Stores.run(() -> {
      if (!isOurs(entry, bytes)) {
        readOn(Optional.empty());
        inDoubt = false;
        return false;
      }
      inDoubt = false;
      fold(List.of(new Lineage.Sealed(entry, LogCodec.macOf(bytes))), Optional.empty());
      if (entry.number() % CHECKPOINT_INTERVAL == 0) {
        writeCheckpoint();
      }
      return true;
    });
  }

  /// Creates the entry's object and finds out whether the one that is there is this one. An answer
  /// that was lost is resolved by the nonce.
  private boolean isOurs(LogEntry entry, byte[] bytes) throws ObjectStoreException {
    String name = ObjectNames.entry(volume, entry.number());
    ObjectStoreException lost = null;
    try {
      if (store.putIfAbsent(name, bytes) == ObjectStore.Put.CREATED) {
        return true;
      }
    } catch (ObjectStoreException.Unavailable e) {
      lost = e;
    }
    Optional<byte[]> there = store.get(name);
    if (there.isEmpty()) {
      if (lost != null) {
        throw lost;
      }
      throw new SnapshotException.Corrupt(name, "log entry is gone as soon as it was there");
    }
    return LogCodec.decode(seals, name, there.get()).nonce().equals(entry.nonce());
  }

  /// Reads entries until there is none, and verifies that they reach as far as the anchor.
  private void readOn(Optional<Anchors.Anchor> anchor) throws ObjectStoreException {
    List<Lineage.Sealed> entries = new ArrayList<>();
    int wanted = 1;
    while (true) {
      List<byte[]> read = readEntries(state.number() + entries.size() + 1, wanted);
      for (byte[] bytes : read) {
        entries.add(opened(state.number() + entries.size() + 1, bytes, anchor));
      }
      if (read.size() < wanted) {
        break;
      }
      wanted = Math.min(2 * wanted, MAX_READ_AHEAD);
    }
    if (anchor.isPresent() && anchor.get().number() > state.number() + entries.size()) {
      throw new SnapshotException.RolledBack(
          "log ends before what was seen of it volume=%s end=%d seen=%d"
              .formatted(volume, state.number() + entries.size(), anchor.get().number()));
    }
    fold(entries, anchor);
  }

  /// Reads some entries side by side, up to the first that is not there. Most of the time there is
  /// none; a reader that comes anew has up to [#CHECKPOINT_INTERVAL] before it.
  private List<byte[]> readEntries(long first, int count) throws ObjectStoreException {
    if (count == 1) {
      return store.get(ObjectNames.entry(volume, first)).stream().toList();
    }
    List<FutureTask<Optional<byte[]>>> reads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = ObjectNames.entry(volume, first + i);
      FutureTask<Optional<byte[]>> read = new FutureTask<>(() -> Stores.run(() -> store.get(name)));
      Thread.ofVirtual().name("log-read").start(read);
      reads.add(read);
    }
    return Futures.results(reads).stream()
        .takeWhile(Optional::isPresent)
        .map(Optional::orElseThrow)
        .toList();
  }

  private Lineage.Sealed opened(long number, byte[] bytes, Optional<Anchors.Anchor> anchor) {
    String name = ObjectNames.entry(volume, number);
    LogEntry entry = LogCodec.decode(seals, name, bytes);
    Mac mac = LogCodec.macOf(bytes);
    if (anchor.isPresent() && anchor.get().number() == number && !anchor.get().mac().equals(mac)) {
      throw new SnapshotException.RolledBack(
          "log entry was replaced since it was seen object=" + name);
    }
    return new Lineage.Sealed(entry, mac);
  }

  /// @param anchor what is remembered already, if that was read just now
  private void fold(List<Lineage.Sealed> entries, Optional<Anchors.Anchor> anchor) {
    if (entries.isEmpty()) {
      return;
    }
    state = state.with(entries);
    Anchors.Anchor reached = new Anchors.Anchor(state.number(), state.mac());
    if (!anchor.equals(Optional.of(reached))) {
      anchors.advance(volume, reached);
    }
  }

  /// Verifies an entry that a checkpoint would let us skip.
  private void checkEntry(Anchors.Anchor anchor) throws ObjectStoreException {
    if (anchor.number() == 0) {
      return;
    }
    String name = ObjectNames.entry(volume, anchor.number());
    Optional<byte[]> bytes = store.get(name);
    if (bytes.isEmpty()) {
      throw new SnapshotException.RolledBack("log entry is gone object=" + name);
    }
    LogCodec.decode(seals, name, bytes.get());
    if (!LogCodec.macOf(bytes.get()).equals(anchor.mac())) {
      throw new SnapshotException.RolledBack(
          "log entry was replaced since it was seen object=" + name);
    }
  }

  /// The newest checkpoint that can be read, or an empty state.
  private Lineage latestCheckpoint() throws ObjectStoreException {
    List<String> names = Stores.names(store, ObjectNames.checkpoints(volume));
    for (String name : names.reversed()) {
      try {
        long number = Long.parseLong(name.substring(ObjectNames.checkpoints(volume).length()));
        Optional<byte[]> bytes = store.get(name);
        if (bytes.isPresent()) {
          return CheckpointCodec.decode(seals, name, volume, number, bytes.get());
        }
      } catch (SnapshotException.Corrupt | ObjectStoreException.Corrupt | NumberFormatException e) {
        // A hint that cannot be trusted: an older one will do, or the whole log.
      }
    }
    return Lineage.empty(volume, seals.keyId());
  }

  private void writeCheckpoint() {
    try {
      store.putIfAbsent(
          ObjectNames.checkpoint(volume, state.number()), CheckpointCodec.encode(seals, state));
    } catch (ObjectStoreException e) {
      // A hint: without it readers read more.
    }
  }
}
