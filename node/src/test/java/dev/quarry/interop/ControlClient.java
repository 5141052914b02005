package dev.quarry.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A client of the control API that owes nothing to the code under test.
///
/// It has no pool of connections: a node that was killed is not noticed by the next call.
record ControlClient(URI api, String token) {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /// The node refused.
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String code;

    Refused(String code, String message) {
      super(code + ": " + message);
      this.code = code;
    }

    /// The EBS error code.
    String code() {
      return code;
    }
  }

  static ControlClient of(Path dataFolder) throws IOException {
    JsonNode node = new JsonMapper().readTree(dataFolder.resolve("node.json").toFile());
    return new ControlClient(
        URI.create("http://" + node.path("api").asText()), node.path("token").asText());
  }

  /// Creates a volume without limits.
  JsonNode create(long sizeBytes) throws IOException, InterruptedException {
    return call(
        "POST", "/v1/volumes", "{\"sizeBytes\":%d,\"type\":\"unlimited\"}".formatted(sizeBytes));
  }

  /// Has all volumes encrypted from now on.
  void encryptByDefault() throws IOException, InterruptedException {
    call("PATCH", "/v1/settings", "{\"encryptionByDefault\":true}");
  }

  /// Creates a volume by all that may be asked for, as the API names it.
  JsonNode create(Map<String, ?> asked) throws IOException, InterruptedException {
    return call("POST", "/v1/volumes", new JsonMapper().writeValueAsString(asked));
  }

  JsonNode modify(String id, Map<String, ?> asked) throws IOException, InterruptedException {
    return call("PATCH", "/v1/volumes/" + id, new JsonMapper().writeValueAsString(asked));
  }

  JsonNode resize(String id, long sizeBytes) throws IOException, InterruptedException {
    return call("PATCH", "/v1/volumes/" + id, "{\"sizeBytes\":" + sizeBytes + "}");
  }

  JsonNode show(String id) throws IOException, InterruptedException {
    return call("GET", "/v1/volumes/" + id, "");
  }

  JsonNode delete(String id) throws IOException, InterruptedException {
    return call("DELETE", "/v1/volumes/" + id, "");
  }

  /// Begins snapshots of volumes, at one instant.
  ///
  /// @return their ids, in the order of the volumes
  List<String> snapshot(List<String> volumes) throws IOException, InterruptedException {
    String body = new JsonMapper().writeValueAsString(Map.of("volumes", volumes));
    List<String> ids = new ArrayList<>();
    for (JsonNode snapshot : call("POST", "/v1/snapshots", body).path("snapshots")) {
      ids.add(snapshot.path("id").asText());
    }
    return ids;
  }

  JsonNode showSnapshot(String id) throws IOException, InterruptedException {
    return call("GET", "/v1/snapshots/" + id, "");
  }

  /// Waits until a snapshot is no longer pending.
  ///
  /// @return its state
  String awaitSnapshot(String id) throws IOException, InterruptedException {
    String state = showSnapshot(id).path("state").asText();
    while (state.equals("pending")) {
      Thread.sleep(50);
      state = showSnapshot(id).path("state").asText();
    }
    return state;
  }

  /// All volumes by their ids.
  Map<String, JsonNode> list() throws IOException, InterruptedException {
    Map<String, JsonNode> volumes = new LinkedHashMap<>();
    for (JsonNode volume : call("GET", "/v1/volumes", "").path("volumes")) {
      volumes.put(volume.path("id").asText(), volume);
    }
    return volumes;
  }

  /// @throws Refused if the node says no
  /// @throws IOException if it is not known what came of it
  private JsonNode call(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(api.resolve(path))
            .timeout(LIMIT)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build();
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      JsonNode answer = new JsonMapper().readTree(response.body());
      if (response.statusCode() >= 300) {
        throw new Refused(answer.path("code").asText(), answer.path("message").asText());
      }
      return answer;
    }
  }
}
