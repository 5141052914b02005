package dev.quarry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quarry.node.HostPort;
import dev.quarry.node.NodeFile;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;

/// The control API of the node that runs on a data folder.
final class NodeClient {
  private final Path dataFolder;
  private final NodeFile node;
  private final JsonMapper mapper = new JsonMapper();

  private NodeClient(Path dataFolder, NodeFile node) {
    this.dataFolder = dataFolder;
    this.node = node;
  }

  /// Finds the node.
  ///
  /// @throws CliException if none can have started there, or it is another user's
  static NodeClient of(Path dataFolder) {
    Path absolute = dataFolder.toAbsolutePath().normalize();
    try {
      NodeFile node = NodeFile.read(absolute).orElseThrow(() -> noNode(absolute));
      return new NodeClient(absolute, node);
    } catch (AccessDeniedException e) {
      throw new CliException(
          "not allowed to read " + e.getFile(),
          "only the owner of a data folder controls its node; run the command as that user");
    } catch (IOException e) {
      throw new CliException("cannot read the data folder " + absolute + ": " + e.getMessage(), "");
    }
  }

  JsonNode get(String path) {
    return call("GET", path, new byte[0]);
  }

  JsonNode delete(String path) {
    return call("DELETE", path, new byte[0]);
  }

  JsonNode post(String path, ObjectNode body) {
    return call("POST", path, bytes(body));
  }

  JsonNode patch(String path, ObjectNode body) {
    return call("PATCH", path, bytes(body));
  }

  /// An empty object to fill for [#post] and [#patch].
  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /// The path of a volume.
  ///
  /// @param volume its id or its name
  static String volumePath(String volume) {
    String encoded = URLEncoder.encode(volume, StandardCharsets.UTF_8).replace("+", "%20");
    return "/v1/volumes/" + encoded;
  }

  private JsonNode call(String method, String path, byte[] body) {
    try {
      HttpCall reply = HttpCall.send(HostPort.parse(node.api()), node.token(), method, path, body);
      JsonNode answer = mapper.readTree(reply.body());
      if (reply.status() >= 300) {
        String code = answer.path("code").asText("HTTP " + reply.status());
        throw new CliException(code + ": " + answer.path("message").asText(), Hints.of(code));
      }
      return answer;
    } catch (ConnectException e) {
      throw noNode(dataFolder);
    } catch (IOException e) {
      throw new CliException(
          "the node did not answer api=%s: %s".formatted(node.api(), e.getMessage()),
          "its log says why; `quarry status` tells whether it runs (process %d)"
              .formatted(node.pid()));
    }
  }

  private byte[] bytes(ObjectNode body) {
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static CliException noNode(Path dataFolder) {
    return new CliException(
        "no node runs on the data folder " + dataFolder,
        "start one with `quarry serve --data "
            + dataFolder
            + "`, or name another folder with --data or the variable QUARRY_DATA");
  }
}
