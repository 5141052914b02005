package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.NbdConnection;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The control API of a real node, asked over real sockets, as bytes.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ControlApiTest {
  private static final long GIB = 1L << 30;

  private Node node;

  @BeforeAll
  void startNode(@TempDir Path folder) throws Exception {
    Path data = folder.resolve("data");
    HostPort anyPort = HostPort.parse("127.0.0.1:0");
    node = Node.start(new NodeSettings(data, anyPort, NodeSettings.defaultSocket(data), anyPort));
  }

  @AfterAll
  void stopNode() throws Exception {
    node.close();
  }

  @Test
  void request_withoutToken_is401() throws Exception {
    Answer answer = send("GET /v1/volumes HTTP/1.1\r\nHost: " + api() + "\r\n\r\n");
    assertRefused(401, "AuthFailure", answer);
    assertTrue(
        answer.head().contains("WWW-Authenticate: Bearer")
            || answer.head().contains("Www-authenticate: Bearer"),
        answer.head());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Bearer ", "Bearer x", "Basic TOKEN", "TOKEN", "bearer TOKEN", "Bearer TOKENx"})
  void request_withAnotherToken_is401(String authorization) throws Exception {
    Answer answer =
        send(
            "GET /v1/volumes HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\n\r\n"
                .formatted(api(), authorization.replace("TOKEN", node.file().token())));
    assertRefused(401, "AuthFailure", answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"evil.example:PORT", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example:PORT"})
  void request_toAForeignHost_is403_whateverItsToken(String host) throws Exception {
    String named = host.replace("PORT", Integer.toString(HostPort.parse(api()).port()));
    assertRefused(403, "ForbiddenHost", ask("GET", "/v1/volumes", "", named));
  }

  @Test
  void request_toLocalhost_isAnswered() throws Exception {
    String named = "localhost:" + HostPort.parse(api()).port();
    assertEquals(200, ask("GET", "/v1/volumes", "", named).status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/v1", "/v2/volumes", "/v1/volumes/", "/v1/volumes/a/b", "//v1/volumes"})
  void request_toAnotherPath_is404(String path) throws Exception {
    assertRefused(404, "InvalidAction", ask("GET", path, ""));
  }

  @Test
  void request_withAnotherMethod_is405_andNamesTheRightOnes() throws Exception {
    Answer answer = ask("PUT", "/v1/volumes", "{}");
    assertRefused(405, "InvalidAction", answer);
    assertTrue(answer.head().contains("Allow: GET, POST"), answer.head());
  }

  @Test
  void request_withALargeBody_is413() throws Exception {
    String body = "{\"name\":\"" + "x".repeat(ControlServer.MAX_BODY_BYTES) + "\"}";
    assertRefused(413, "RequestTooLarge", ask("POST", "/v1/volumes", body));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | MalformedRequest",
        "nonsense | MalformedRequest",
        "[] | MalformedRequest",
        "{} | MissingParameter",
        "{'sizeBytes':'1GiB'} | MalformedRequest",
        "{'sizeBytes':1.5} | MalformedRequest",
        "{'sizeBytes':null} | MissingParameter",
        "{'sizeBytes':1073741824,'iop':1} | UnknownParameter",
        "{'sizeBytes':1073741824,'type':3} | MalformedRequest",
        "{'sizeBytes':1073741824,'tags':{'a':1}} | MalformedRequest",
        "{'sizeBytes':1073741824,'tags':['a']} | MalformedRequest",
        "{'sizeBytes':0} | MissingParameter",
        "{'sizeBytes':1} | InvalidParameterValue",
        "{'sizeBytes':71468255805440} | InvalidParameterValue",
        "{'sizeBytes':1073741824,'type':'gp9'} | UnknownVolumeType",
        "{'sizeBytes':1073741824,'name':'a/b'} | InvalidParameterValue",
        "{'sizeBytes':1073741824,'name':'demo'} | InvalidParameterValue",
        "{'sizeBytes':1073741824,'tags':{'aws:x':'1'}} | InvalidParameterValue",
      })
  void create_badRequest_is400_andMakesNothing(String body, String code) throws Exception {
    int before = volumes().size();
    assertRefused(400, code, ask("POST", "/v1/volumes", body.replace('\'', '"')));
    assertEquals(before, volumes().size());
  }

  @Test
  void create_thenShowModifyDelete_tellTheSameVolume() throws Exception {
    Answer created =
        ask(
            "POST",
            "/v1/volumes",
            "{\"sizeBytes\":%d,\"name\":\"life\",\"tags\":{\"b\":\"2\",\"a\":\"1\"}}"
                .formatted(2 * GIB));
    assertEquals(201, created.status());
    String id = created.json().text("id").orElseThrow();
    assertTrue(id.matches("vol-[0-9a-f]{17}"), id);
    assertEquals(Optional.of("gp3"), created.json().text("type"));
    assertEquals(Optional.of("available"), created.json().text("state"));
    assertEquals(
        List.of("a", "b"), created.json().object("tags").orElseThrow().names(), "ordered by key");

    for (String named : List.of(id, "life")) {
      Answer shown = ask("GET", "/v1/volumes/" + named, "");
      assertEquals(200, shown.status());
      assertEquals(created.json().line(), shown.json().line());
    }
    Answer grown = ask("PATCH", "/v1/volumes/life", "{\"sizeBytes\":" + 3 * GIB + "}");
    assertEquals(Optional.of(3 * GIB), grown.json().number("sizeBytes"));
    assertRefused(
        400,
        "InvalidParameterValue",
        ask("PATCH", "/v1/volumes/life", "{\"sizeBytes\":" + GIB + "}"));
    assertTrue(volumes().contains(id));

    Answer deleted = ask("DELETE", "/v1/volumes/life", "");
    assertEquals(200, deleted.status());
    assertEquals(Optional.of(id), deleted.json().text("id"));
    for (String method : List.of("GET", "DELETE")) {
      assertRefused(404, "InvalidVolume.NotFound", ask(method, "/v1/volumes/" + id, ""));
    }
    assertFalse(volumes().contains(id));
  }

  @Test
  void show_malformedId_is400() throws Exception {
    assertRefused(400, "InvalidVolumeID.Malformed", ask("GET", "/v1/volumes/vol-123", ""));
  }

  @Test
  void show_anOddName_isNotFound() throws Exception {
    assertRefused(404, "InvalidVolume.NotFound", ask("GET", "/v1/volumes/a%20b%25", ""));
  }

  @Test
  void volume_withAClient_isInUse_andCannotBeDeleted() throws Exception {
    ask("POST", "/v1/volumes", "{\"sizeBytes\":" + GIB + ",\"name\":\"busy\"}");
    try (NbdConnection client = new NbdConnection(HostPort.parse(node.file().nbd()), "busy")) {
      assertEquals(GIB, client.sizeBytes());
      assertEquals(Optional.of("in-use"), ask("GET", "/v1/volumes/busy", "").json().text("state"));
      assertRefused(409, "VolumeInUse", ask("DELETE", "/v1/volumes/busy", ""));
      JsonObject status = ask("GET", "/v1/status", "").json();
      assertEquals(Optional.of(1L), status.object("volumes").orElseThrow().number("inUse"));
      assertEquals(1, status.objects("connections").size());
    }
  }

  @Test
  void status_tellsWhereTheNodeIs() throws Exception {
    JsonObject status = ask("GET", "/v1/status", "").json();
    assertEquals(Optional.of(node.file().nbd()), status.text("nbd"));
    assertEquals(Optional.of(node.file().socket()), status.text("socket"));
    assertEquals(Optional.of(ProcessHandle.current().pid()), status.number("pid"));
  }

  @Test
  void answers_neverHoldTheToken() throws Exception {
    for (String path : List.of("/v1/status", "/v1/volumes", "/v1/volumes/demo", "/none")) {
      assertFalse(ask("GET", path, "").json().line().contains(node.file().token()));
    }
  }

  private List<String> volumes() throws IOException {
    return ask("GET", "/v1/volumes", "").json().objects("volumes").stream()
        .map(volume -> volume.text("id").orElseThrow())
        .toList();
  }

  private String api() {
    return node.file().api();
  }

  private Answer ask(String method, String path, String body) throws IOException {
    return ask(method, path, body, api());
  }

  private Answer ask(String method, String path, String body, String host) throws IOException {
    Map<String, String> headers =
        Map.of(
            "Host",
            host,
            "Authorization",
            "Bearer " + node.file().token(),
            "Connection",
            "close",
            "Content-Length",
            Integer.toString(body.length()));
    StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
    headers.forEach((name, value) -> request.append(name + ": " + value + "\r\n"));
    return send(request + "\r\n" + body);
  }

  private Answer send(String request) throws IOException {
    HostPort api = HostPort.parse(api());
    try (Socket socket = new Socket(api.host(), api.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int headEnd = answer.indexOf("\r\n\r\n");
      return new Answer(answer.substring(0, headEnd), answer.substring(headEnd + 4));
    }
  }

  private static void assertRefused(int status, String code, Answer answer) throws IOException {
    assertEquals(Optional.of(code), answer.json().text("code"), answer.body());
    assertEquals(status, answer.status());
    assertFalse(answer.json().text("message").orElseThrow().isBlank());
  }

  private record Answer(String head, String body) {
    int status() {
      return Integer.parseInt(head.substring(9, 12));
    }

    JsonObject json() throws IOException {
      return JsonObject.parse(body.getBytes(StandardCharsets.UTF_8));
    }
  }
}
