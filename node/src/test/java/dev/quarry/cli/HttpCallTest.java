package dev.quarry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpCallTest {

  @Test
  void parse_answer_givesStatusAndExactlyItsBody() throws Exception {
    HttpCall call = parse("HTTP/1.1 404 Not Found\r\ncontent-LENGTH: 3\r\nX: y\r\n\r\nabcdef");
    assertEquals(404, call.status());
    assertEquals("abc", new String(call.body(), StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nno length",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut",
      })
  void parse_anythingElse_isRefused(String answer) {
    assertThrows(IOException.class, () -> parse(answer));
  }

  private static HttpCall parse(String answer) throws IOException {
    return HttpCall.parse(answer.getBytes(StandardCharsets.ISO_8859_1));
  }
}
