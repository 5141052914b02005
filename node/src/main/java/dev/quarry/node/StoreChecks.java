package dev.quarry.node;

import dev.quarry.objects.Limits;
import dev.quarry.snapshot.CheckReading;
import dev.quarry.snapshot.CheckReport;
import dev.quarry.snapshot.SnapshotException;
import dev.quarry.snapshot.SnapshotId;
import dev.quarry.snapshot.StoreCheck;
import dev.quarry.volume.ControlException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Checks of the node's store, each on a thread of its own, and what the latest ones found.
///
/// Safe for use by many threads.
final class StoreChecks {
  private static final Logger LOG = LoggerFactory.getLogger(StoreChecks.class);

  /// How many are remembered.
  private static final int KEPT = 16;

  private final SnapshotStart start;
  private final Path dataFolder;
  private final RandomGenerator random;
  private final Map<String, Job> jobs = new LinkedHashMap<>(); // guarded by this

  /// One check.
  private static final class Job {
    final String id;
    final StoreCheck check;
    volatile Optional<String> failure = Optional.empty();
    volatile Optional<CheckReport> report = Optional.empty();

    Job(String id, StoreCheck check) {
      this.id = id;
      this.check = check;
    }
  }

  StoreChecks(SnapshotStart start, Path dataFolder, RandomGenerator random) {
    this.start = start;
    this.dataFolder = dataFolder;
    this.random = random;
  }

  List<Route> routes() {
    return List.of(
        new Route("POST", "/v1/store/checks", this::begin),
        new Route(
            "GET",
            "/v1/store/checks/{check}",
            request -> ApiReply.ok(json(find(request.variable("check"))))),
        new Route("DELETE", "/v1/store/checks/{check}", this::cancel));
  }

  private ApiReply begin(ApiRequest request) {
    Parameters parameters =
        Parameters.of(request.body(), List.of("readPercent", "readBytes", "repairFrom"));
    CheckReading reading = reading(parameters);
    Optional<SnapshotStores> replica = parameters.text("repairFrom").map(this::replica);
    Job job =
        new Job("check-" + HexFormat.of().toHexDigits(random.nextLong()), start.service().check());
    synchronized (this) {
      jobs.put(job.id, job);
      while (jobs.size() > KEPT) {
        jobs.remove(jobs.keySet().iterator().next());
      }
    }
    Thread.ofVirtual().name(job.id).start(() -> run(job, reading, replica));
    return ApiReply.created(json(job));
  }

  /// A place that has the same objects under the same names.
  private SnapshotStores replica(String named) {
    StoreSettings.Place place = CopyPlaces.of("repairFrom", named, start.stores().place());
    StoreSettings settings = new StoreSettings(place, Limits.NONE, StoreSettings.DEFAULT_PATIENCE);
    return SnapshotStores.of(settings, dataFolder, start.time());
  }

  private static CheckReading reading(Parameters parameters) {
    Optional<Long> percent = parameters.number("readPercent");
    Optional<Long> bytes = parameters.number("readBytes");
    boolean right =
        percent.filter(value -> value < 1 || value > 100).isEmpty()
            && bytes.filter(value -> value < 1).isEmpty()
            && !(percent.isPresent() && bytes.isPresent());
    if (!right) {
      throw new ControlException.Invalid(
          "InvalidParameterValue", "readPercent is 1 to 100, or readBytes is 1 or more; not both.");
    }
    return percent
        .map(value -> CheckReading.share(value / 100.0))
        .or(() -> bytes.map(CheckReading::bytes))
        .orElse(CheckReading.NONE);
  }

  private static void run(Job job, CheckReading reading, Optional<SnapshotStores> replica) {
    try {
      CheckReport report =
          replica.isPresent()
              ? job.check.repair(reading, replica.get().prompt())
              : job.check.run(reading);
      report
          .damages()
          .forEach(damage ->
              LOG.atError()
                  .setMessage("store is damaged")
                  .addKeyValue("object", damage.object())
                  .addKeyValue("why", damage.what())
                  .addKeyValue("snapshots", damage.snapshots())
                  .log());
      job.report = Optional.of(report);
    } catch (SnapshotException e) {
      job.failure = Optional.of(String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) { // whoever waits for it must not wait for ever
      LOG.error("check of the store failed", e);
      job.failure = Optional.of(e.toString());
    } finally {
      replica.ifPresent(SnapshotStores::close);
    }
  }

  private ApiReply cancel(ApiRequest request) {
    Job job = find(request.variable("check"));
    job.check.cancel();
    return ApiReply.ok(json(job));
  }

  private synchronized Job find(String id) {
    return Optional.ofNullable(jobs.get(id))
        .orElseThrow(() ->
            new ControlException.NotFound(
                "InvalidCheck.NotFound", "The check '%s' does not exist.".formatted(id)));
  }

  private static JsonObject json(Job job) {
    JsonObject json = new JsonObject().put("id", job.id);
    if (job.failure.isPresent()) {
      return json.put("state", "error").put("statusMessage", job.failure.get());
    }
    if (job.report.isEmpty()) {
      StoreCheck.Stage stage = job.check.stage();
      return json.put("state", "running")
          .put("lineagesDone", stage.done())
          .put("lineages", stage.total())
          .put("damageCount", stage.damages());
    }
    return report(json.put("state", "completed"), job.report.get());
  }

  private static JsonObject report(JsonObject json, CheckReport report) {
    return json.put("lineages", report.lineages())
        .put("packs", report.packs())
        .put("packBytes", report.packBytes())
        .put("readBytes", report.readBytes())
        .put("damages", report.damages().stream().map(StoreChecks::damage).toList())
        .put("repaired", report.repaired())
        .put("damagedSnapshots", texts(report.damaged()))
        .put("intactSnapshots", texts(report.intact()));
  }

  private static JsonObject damage(CheckReport.Damage damage) {
    return new JsonObject()
        .put("object", damage.object())
        .put("reason", damage.what())
        .put("snapshots", texts(damage.snapshots()));
  }

  private static List<String> texts(List<SnapshotId> ids) {
    return ids.stream().map(SnapshotId::text).toList();
  }
}
