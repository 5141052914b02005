package dev.quarry.node;

import dev.quarry.nbd.ConnectionStatus;
import dev.quarry.nbd.NbdServer;
import dev.quarry.volume.VolumeCatalogue;
import dev.quarry.volume.VolumeRecord;
import dev.quarry.volume.VolumeState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/// The control API's part about the node itself.
final class StatusApi {
  private final NodeSettings settings;
  private final VolumeCatalogue volumes;
  private final NbdServer nbd;
  private final HostPort tcp;
  private final InstantSource clock;
  private final Instant startedAt;

  /// @param tcp where NBD is served over TCP, with the real port
  StatusApi(
      NodeSettings settings,
      VolumeCatalogue volumes,
      NbdServer nbd,
      HostPort tcp,
      InstantSource clock) {
    this.settings = settings;
    this.volumes = volumes;
    this.nbd = nbd;
    this.tcp = tcp;
    this.clock = clock;
    this.startedAt = clock.instant();
  }

  Route route() {
    return new Route("GET", "/v1/status", _ -> ApiReply.ok(status()));
  }

  private JsonObject status() {
    List<VolumeRecord> all = volumes.list();
    long inUse = all.stream().filter(v -> v.state() == VolumeState.IN_USE).count();
    Duration up = Duration.between(startedAt, clock.instant());
    return new JsonObject()
        .put("version", Version.current())
        .put("pid", ProcessHandle.current().pid())
        .put("data", settings.dataFolder().toString())
        .put("nbd", tcp.toString())
        .put("socket", settings.socket().toString())
        .put("startedAt", startedAt.toString())
        .put("uptimeSeconds", Math.max(0, up.toSeconds()))
        .put("volumes", new JsonObject().put("total", all.size()).put("inUse", inUse))
        .put("connections", nbd.connections().stream().map(StatusApi::connection).toList());
  }

  private static JsonObject connection(ConnectionStatus connection) {
    JsonObject json = new JsonObject();
    json.put("id", connection.client().connection());
    json.put("client", connection.client().address());
    connection.export().ifPresent(export -> json.put("export", export));
    json.put("requests", connection.requests());
    json.put("readBytes", connection.readBytes());
    json.put("writtenBytes", connection.writtenBytes());
    json.put("inFlight", connection.inFlight());
    return json;
  }
}
