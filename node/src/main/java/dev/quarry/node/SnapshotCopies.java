package dev.quarry.node;

import dev.quarry.crypto.KeyService;
import dev.quarry.objects.Limits;
import dev.quarry.snapshot.PendingSnapshot;
import dev.quarry.snapshot.SnapshotCopier;
import dev.quarry.snapshot.SnapshotErrors;
import dev.quarry.snapshot.SnapshotException;
import dev.quarry.snapshot.SnapshotInfo;
import dev.quarry.snapshot.SnapshotService;
import dev.quarry.volume.ControlException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Snapshots that are being copied, and what became of the latest ones.
///
/// Safe for use by many threads.
final class SnapshotCopies implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotCopies.class);

  /// How many are remembered.
  private static final int KEPT = 256;

  private final SnapshotStart start;
  private final NodeSnapshots snapshots;
  private final KeyService keys;
  private final VolumeEncryption encryption;
  private final Path dataFolder;
  private final Map<String, CopyTarget> targets = new HashMap<>(); // guarded by this
  private final Map<String, Job> jobs = new LinkedHashMap<>(); // guarded by this

  /// One copy.
  private static final class Job {
    final String source;
    final String target;
    final PendingSnapshot copy;
    volatile String state = "running";
    volatile Optional<String> failure = Optional.empty();

    Job(String source, String target, PendingSnapshot copy) {
      this.source = source;
      this.target = target;
      this.copy = copy;
    }

    JsonObject json() {
      JsonObject json = new JsonObject().put("snapshotId", copy.id().text());
      json.put("sourceSnapshotId", source);
      json.put("store", target);
      json.put("state", state);
      failure.ifPresent(why -> json.put("statusMessage", why));
      json.put("transfer", SnapshotJson.transfer(copy.progress()));
      return json;
    }
  }

  SnapshotCopies(
      SnapshotStart start,
      NodeSnapshots snapshots,
      KeyService keys,
      VolumeEncryption encryption,
      Path dataFolder) {
    this.start = start;
    this.snapshots = snapshots;
    this.keys = keys;
    this.encryption = encryption;
    this.dataFolder = dataFolder;
  }

  List<Route> routes() {
    return List.of(
        new Route("POST", "/v1/copies", this::copy),
        new Route(
            "GET",
            "/v1/copies/{copy}",
            request -> ApiReply.ok(find(request.variable("copy")).json())),
        new Route("DELETE", "/v1/copies/{copy}", this::cancel));
  }

  private ApiReply copy(ApiRequest request) {
    Parameters parameters =
        Parameters.of(
            request.body(), List.of("snapshotId", "toStore", "kmsKeyId", "description", "tags"));
    SnapshotInfo source = snapshots.completed(parameters.requiredText("snapshotId"));
    Optional<String> key = keyFor(source, parameters.text("kmsKeyId"));
    CopyTarget target = target(parameters.text("toStore"));
    UUID lineage = SnapshotCopier.lineageOf(source.volume(), key.orElse(""));
    key.ifPresent(arn -> target.prepareKey(lineage, arn, keys));
    SnapshotService.ImportAbout about =
        new SnapshotService.ImportAbout(
            parameters.text("description").orElse("Copied from %s".formatted(source.id())),
            parameters.texts("tags"),
            key.map(SnapshotAttributes::ofKey).orElse(Map.of()));
    return ApiReply.created(begin(source, target, lineage, about).json());
  }

  /// A copy is encrypted if the original is, if a key is named, or if all that is new is.
  private Optional<String> keyFor(SnapshotInfo source, Optional<String> named) {
    Optional<String> wished =
        named.or(() -> source.encrypted() ? SnapshotAttributes.keyArn(source) : Optional.empty());
    return encryption
        .chooseForImport(wished.map(_ -> true), wished)
        .map(VolumeEncryption.Choice::keyArn);
  }

  private Job begin(
      SnapshotInfo source, CopyTarget target, UUID lineage, SnapshotService.ImportAbout about) {
    if (target.own()) {
      start.marks().put(lineage);
    }
    PendingSnapshot copy;
    try {
      copy = SnapshotErrors.translated(() -> target.copier().copy(source.id(), lineage, about));
    } catch (RuntimeException e) {
      endMark(target, lineage);
      throw e;
    }
    Job job = new Job(source.id().text(), target.stores().place().toString(), copy);
    synchronized (this) {
      jobs.put(copy.id().text(), job);
      while (jobs.size() > KEPT) {
        jobs.remove(jobs.keySet().iterator().next());
      }
    }
    Thread.ofVirtual().name("copy-" + copy.id()).start(() -> follow(job, target, lineage));
    return job;
  }

  private void follow(Job job, CopyTarget target, UUID lineage) {
    try {
      job.copy.await();
      LOG.atInfo()
          .setMessage("snapshot copied")
          .addKeyValue("snapshot", job.source)
          .addKeyValue("copy", job.copy.id())
          .addKeyValue("store", job.target)
          .log();
      job.state = "completed";
    } catch (SnapshotException e) {
      job.failure = Optional.of(String.valueOf(e.getMessage()));
      job.state = "error";
    } finally {
      endMark(target, lineage);
    }
  }

  /// What a process that ends in between leaves pending in the node's own store is ended by the
  /// next start; elsewhere by the next copy.
  private void endMark(CopyTarget target, UUID lineage) {
    if (target.own()) {
      start.marks().end(lineage);
    }
  }

  private ApiReply cancel(ApiRequest request) {
    Job job = find(request.variable("copy"));
    job.copy.cancel();
    return ApiReply.ok(job.json());
  }

  private synchronized Job find(String id) {
    return Optional.ofNullable(jobs.get(id))
        .orElseThrow(() ->
            new ControlException.NotFound(
                "InvalidCopy.NotFound", "The copy '%s' does not exist.".formatted(id)));
  }

  /// @param named a folder, or `s3://BUCKET/PREFIX` on the node's own S3 server; the node's own
  ///   store if there is none
  private synchronized CopyTarget target(Optional<String> named) {
    StoreSettings.Place place =
        named
            .map(text -> CopyPlaces.of("toStore", text, start.stores().place()))
            .orElse(start.stores().place());
    return targets.computeIfAbsent(
        place.toString(),
        _ ->
            place.equals(start.stores().place())
                ? CopyTarget.own(start)
                : CopyTarget.open(
                    SnapshotStores.of(
                        new StoreSettings(place, Limits.NONE, StoreSettings.DEFAULT_PATIENCE),
                        dataFolder,
                        start.time()),
                    dataFolder.resolve(SnapshotStart.FOLDER),
                    start,
                    keys));
  }

  /// Asks all that is being copied to end.
  @Override
  public synchronized void close() {
    jobs.values().forEach(job -> job.copy.cancel());
    targets.values().forEach(CopyTarget::close);
  }
}
