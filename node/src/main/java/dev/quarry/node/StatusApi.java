package dev.quarry.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

  private ObjectNode status() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("version", Version.current());
    json.put("pid", ProcessHandle.current().pid());
    json.put("data", settings.dataFolder().toString());
    json.put("nbd", tcp.toString());
    json.put("socket", settings.socket().toString());
    json.put("startedAt", startedAt.toString());
    json.put(
        "uptimeSeconds", Math.max(0, Duration.between(startedAt, clock.instant()).toSeconds()));
    List<VolumeRecord> all = volumes.list();
    json.putObject("volumes")
        .put("total", all.size())
        .put("inUse", all.stream().filter(v -> v.state() == VolumeState.IN_USE).count());
    ArrayNode connections = json.putArray("connections");
    nbd.connections().forEach(connection -> connections.add(connection(connection)));
    return json;
  }

  private static ObjectNode connection(ConnectionStatus connection) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
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
