package dev.quarry.cli;

import dev.quarry.node.HostPort;
import dev.quarry.node.JsonObject;
import dev.quarry.node.NodeFile;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;

/// The control API of the node that runs on a data folder.
final class NodeClient {
  private static final byte[] NO_BODY = {};

  private final Path dataFolder;
  private final NodeFile node;

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
      throw new CliException(
          "the node's file node.json cannot be read in " + absolute + ": " + e.getMessage(),
          "restart the node, which writes it anew");
    }
  }

  JsonObject get(String path) {
    return call("GET", path, NO_BODY);
  }

  JsonObject delete(String path) {
    return call("DELETE", path, NO_BODY);
  }

  JsonObject post(String path, JsonObject body) {
    return call("POST", path, body.bytes());
  }

  JsonObject patch(String path, JsonObject body) {
    return call("PATCH", path, body.bytes());
  }

  JsonObject put(String path, JsonObject body) {
    return call("PUT", path, body.bytes());
  }

  /// The path of a volume.
  ///
  /// @param volume its id or its name
  static String volumePath(String volume) {
    return path("/v1/volumes/", volume);
  }

  /// The path of a snapshot.
  static String snapshotPath(String id) {
    return path("/v1/snapshots/", id);
  }

  /// The path of a key.
  ///
  /// @param key its id, its ARN or an alias of it
  static String keyPath(String key) {
    return path("/v1/keys/", key);
  }

  /// The path of what is named by a text, whatever characters that has.
  static String path(String parent, String name) {
    return parent + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private JsonObject call(String method, String path, byte[] body) {
    try {
      HttpCall reply = HttpCall.send(HostPort.parse(node.api()), node.token(), method, path, body);
      JsonObject answer = JsonObject.parse(reply.body());
      if (reply.status() >= 300) {
        String code = answer.text("code").orElse("HTTP " + reply.status());
        throw new CliException(code + ": " + answer.text("message").orElse(""), Hints.of(code));
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

  private static CliException noNode(Path dataFolder) {
    return new CliException(
        "no node runs on the data folder " + dataFolder,
        "start one with `quarry serve --data "
            + dataFolder
            + "`, or name another folder with --data or the variable QUARRY_DATA");
  }
}
