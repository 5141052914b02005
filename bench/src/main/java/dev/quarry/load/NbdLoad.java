package dev.quarry.load;

import dev.quarry.tiers.Latencies;
import dev.quarry.workload.Job;
import dev.quarry.workload.Requests;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/// Puts load on a server. A thread for each connection.
public final class NbdLoad implements AutoCloseable {
  private static final int DIGITS = 3;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final LoadPlan plan;
  private final Arena arena = Arena.ofShared();
  private final List<NbdSocket> sockets = new ArrayList<>();
  private final List<LoadConnection> connections = new ArrayList<>();
  private final Histogram all = new Histogram(DIGITS);

  private NbdLoad(LoadPlan plan) {
    this.plan = plan;
  }

  /// Told once a second.
  @FunctionalInterface
  public interface Watcher {

    /// @param second how many have passed since the warm-up; below 1 while it lasts
    /// @param answered requests of the last second, with their latencies in nanoseconds
    void second(long second, Histogram answered);
  }

  /// Connects to a server.
  ///
  /// @param spanBytes requests lie below this; 0 for the whole export
  /// @throws NbdException if that does not work, or the export is not for such requests
  public static NbdLoad connect(NbdUri uri, LoadPlan plan, long spanBytes) {
    NbdLoad load = new NbdLoad(plan);
    try {
      for (int i = 0; i < plan.connections(); i++) {
        load.add(uri, spanBytes, i);
      }
      return load;
    } catch (RuntimeException e) {
      load.close();
      throw e;
    }
  }

  private void add(NbdUri uri, long spanBytes, int index) {
    NbdSocket socket = NbdSocket.connect(uri.server());
    sockets.add(socket);
    Export export = Handshake.of(socket, uri.export());
    long span = spanBytes == 0 ? export.sizeBytes() : Math.min(spanBytes, export.sizeBytes());
    long base = 0;
    Job job = plan.share();
    if (job.order() == Job.Order.SEQUENTIAL) { // each walks through its own part
      span = span / plan.connections() / job.largestBytes() * job.largestBytes();
      base = index * span;
    }
    check(export, span);
    Requests requests = job.requests(span, plan.seed() + index);
    connections.add(
        new LoadConnection(
            socket,
            plan,
            requests,
            base,
            job.largestBytes(),
            new SingleWriterRecorder(DIGITS),
            new SingleWriterRecorder(DIGITS),
            arena));
  }

  private void check(Export export, long span) {
    Job job = plan.job();
    if (plan.connections() > 1 && !export.takesSeveralConnections() && job.readPercent() < 100) {
      throw new NbdException(
          "the server does not promise that several connections see each other's writes");
    }
    if (export.readOnly() && job.readPercent() < 100) {
      throw new NbdException("the export is read-only");
    }
    if (plan.forced() && !export.takesFua()) {
      throw new NbdException("the server does not offer FUA");
    }
    if (job.smallestBytes() % export.minimumBytes() != 0
        || job.largestBytes() % export.minimumBytes() != 0) {
      throw new NbdException(
          "requests must be a multiple of " + export.minimumBytes() + " bytes for this server");
    }
    if (job.largestBytes() > export.payloadBytes()) {
      throw new NbdException(
          "requests may have at most " + export.payloadBytes() + " bytes for this server");
    }
    if (span < job.largestBytes()) {
      throw new NbdException("the export is too small bytes=" + export.sizeBytes());
    }
  }

  /// Runs the load.
  ///
  /// @throws NbdException if a connection breaks; requests that fail are counted
  public LoadResult run(Watcher watcher) throws InterruptedException {
    long start = System.nanoTime();
    long from = start + plan.warmUp().toNanos();
    long end = from + plan.span().toNanos();
    LoadConnection.Counts sum = new LoadConnection.Counts(0, 0, 0, 0, 0, 0);
    try (ExecutorService pool =
        Executors.newFixedThreadPool(
            plan.connections(), Thread.ofPlatform().name("load-", 0).factory())) {
      List<Future<LoadConnection.Counts>> runs = new ArrayList<>();
      for (LoadConnection connection : connections) {
        runs.add(
            pool.submit(() -> {
              connection.run(start, from, end);
              return connection.counts();
            }));
      }
      watch(runs.getFirst(), watcher, from, end);
      for (Future<LoadConnection.Counts> run : runs) {
        sum = sum.and(run.get());
      }
      interval();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError("a connection failed", e.getCause());
    }
    return new LoadResult(
        (end - from) / (double) NANOS_PER_SECOND,
        sum.operations(),
        sum.bytes(),
        sum.undone(),
        sum.errors(),
        sum.firstError(),
        Latencies.of(all),
        lateNanos(),
        sum.cpuNanos());
  }

  /// Tells each second until the end, or until a connection fails.
  private void watch(Future<?> run, Watcher watcher, long from, long end)
      throws InterruptedException, ExecutionException {
    while (System.nanoTime() < end) {
      try {
        run.get(Math.min(NANOS_PER_SECOND, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        long passed = System.nanoTime() - from;
        watcher.second(Math.floorDiv(passed, NANOS_PER_SECOND), interval());
      }
    }
  }

  private long lateNanos() {
    Histogram late = new Histogram(DIGITS);
    for (LoadConnection connection : connections) {
      late.add(connection.lateness().getIntervalHistogram());
    }
    return late.getTotalCount() == 0 ? 0 : late.getValueAtPercentile(99);
  }

  /// What was answered since this was called last.
  private Histogram interval() {
    Histogram interval = new Histogram(DIGITS);
    for (LoadConnection connection : connections) {
      interval.add(connection.latencies().getIntervalHistogram());
    }
    all.add(interval);
    return interval;
  }

  @Override
  public void close() {
    sockets.forEach(NbdSocket::close);
    arena.close();
  }
}
