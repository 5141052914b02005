package dev.quarry.node;

import dev.quarry.snapshot.SnapshotException;
import dev.quarry.snapshot.SnapshotExport;
import dev.quarry.volume.ControlException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Snapshots that are being written to files and streams, each on a thread of its own, and what
/// became of the latest ones.
///
/// Safe for use by many threads.
final class SnapshotExports {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotExports.class);

  /// How many are remembered, so that whoever asked for one can learn how it ended.
  private static final int KEPT = 256;

  private final NodeSnapshots snapshots;
  private final RandomGenerator random;
  private final Map<String, Job> jobs = new LinkedHashMap<>(); // guarded by this

  /// One export.
  static final class Job {
    private final String id;
    private final String snapshot;
    private final SnapshotExport export;
    private volatile Optional<String> failure = Optional.empty();
    private volatile boolean ended;

    private Job(String id, String snapshot, SnapshotExport export) {
      this.id = id;
      this.snapshot = snapshot;
      this.export = export;
    }

    JsonObject json() {
      boolean over = ended; // before the failure, which is set before
      JsonObject json = new JsonObject();
      json.put("id", id);
      json.put("snapshotId", snapshot);
      json.put("state", over ? failure.isPresent() ? "error" : "completed" : "running");
      failure.ifPresent(why -> json.put("statusMessage", why));
      json.put("transfer", SnapshotJson.transfer(export.progress()));
      return json;
    }
  }

  /// Writes a snapshot somewhere.
  private interface Writing {
    void run(SnapshotExport export) throws IOException;
  }

  SnapshotExports(NodeSnapshots snapshots, RandomGenerator random) {
    this.snapshots = snapshots;
    this.random = random;
  }

  /// Begins to write a completed snapshot.
  Job begin(String snapshot, SnapshotPort to) {
    SnapshotExport export = snapshots.export(snapshot);
    return switch (to) {
      case SnapshotPort.LocalFile file -> toFile(snapshot, export, file);
      case SnapshotPort.Stream stream -> toStream(snapshot, export, stream.connect());
    };
  }

  private Job toFile(String snapshot, SnapshotExport export, SnapshotPort.LocalFile file) {
    FileChannel channel = file.make();
    return begin(
        new Job(newId(), snapshot, export),
        writing -> {
          try (channel) {
            writing.toFile(channel);
          } catch (IOException | RuntimeException e) {
            removePart(file.path());
            throw e;
          }
        });
  }

  private static void removePart(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.atWarn()
          .setMessage("part of an export is left")
          .addKeyValue("file", path)
          .setCause(e)
          .log();
    }
  }

  private Job toStream(String snapshot, SnapshotExport export, SocketChannel channel) {
    return begin(
        new Job(newId(), snapshot, export),
        writing -> {
          try (channel;
              OutputStream out = Channels.newOutputStream(channel)) {
            writing.toStream(out);
          }
        });
  }

  private Job begin(Job job, Writing writing) {
    synchronized (this) {
      jobs.put(job.id, job);
      while (jobs.size() > KEPT) {
        jobs.remove(jobs.keySet().iterator().next());
      }
    }
    Thread.ofVirtual().name(job.id).start(() -> run(job, writing));
    return job;
  }

  private static void run(Job job, Writing writing) {
    try {
      writing.run(job.export);
      LOG.atInfo().setMessage("snapshot exported").addKeyValue("snapshot", job.snapshot).log();
    } catch (IOException | SnapshotException e) {
      LOG.atWarn()
          .setMessage("snapshot cannot be exported")
          .addKeyValue("snapshot", job.snapshot)
          .setCause(e)
          .log();
      job.failure = Optional.of(String.valueOf(e.getMessage()));
    } finally {
      job.ended = true;
    }
  }

  /// An export by its id.
  synchronized Job find(String id) {
    return Optional.ofNullable(jobs.get(id))
        .orElseThrow(() ->
            new ControlException.NotFound(
                "InvalidExport.NotFound", "The export '%s' does not exist.".formatted(id)));
  }

  /// Asks for an export to end.
  Job cancel(String id) {
    Job job = find(id);
    job.export.cancel();
    return job;
  }

  private String newId() {
    return "export-" + HexFormat.of().toHexDigits(random.nextLong());
  }
}
