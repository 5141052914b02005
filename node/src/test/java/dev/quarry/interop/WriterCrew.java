package dev.quarry.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/// Writers on a volume, one connection and thread each, until the server is killed or the crew
/// closed.
final class WriterCrew implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<NbdTestClient> clients = new ArrayList<>();
  private final List<Future<?>> writers = new ArrayList<>();
  private final AtomicLong answerCount = new AtomicLong();

  static WriterCrew start(
      StampedVolume volume, Transport transport, int connections, SplittableRandom random)
      throws IOException {
    WriterCrew crew = new WriterCrew();
    try {
      ServedVolume served = volume.served();
      for (int share = 0; share < connections; share++) {
        NbdTestClient client = NbdTestClient.open(served.address(transport), served.export());
        crew.clients.add(client);
        StampingWriter writer =
            new StampingWriter(
                client,
                volume.ledger(),
                volume.spread(),
                share,
                connections,
                random.split(),
                crew.answerCount);
        crew.writers.add(crew.threads.submit(writer::writeUntilTheServerIsGone));
      }
      return crew;
    } catch (IOException | RuntimeException e) {
      crew.close();
      throw e;
    }
  }

  long answerCount() {
    return answerCount.get();
  }

  /// Waits until the server has answered so many requests.
  ///
  /// @throws ExecutionException if a writer found something wrong
  void awaitAnswers(long count) throws InterruptedException, ExecutionException {
    while (answerCount.get() < count) {
      for (Future<?> writer : writers) {
        if (writer.isDone()) {
          writer.get();
          throw new AssertionError("the server went away by itself");
        }
      }
      Thread.sleep(1);
    }
  }

  /// Waits until all writers have seen that the server is gone.
  ///
  /// @throws ExecutionException if a writer found something wrong
  void awaitEnd() throws InterruptedException, ExecutionException {
    for (Future<?> writer : writers) {
      writer.get();
    }
  }

  @Override
  public void close() throws IOException {
    for (NbdTestClient client : clients) {
      client.close();
    }
    threads.close();
  }
}
