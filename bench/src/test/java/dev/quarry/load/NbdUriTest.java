package dev.quarry.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NbdUriTest {
  @ParameterizedTest
  @CsvSource({
    "nbd://localhost, localhost, 10809, ''",
    "nbd://localhost/, localhost, 10809, ''",
    "nbd://10.0.0.1:5/vol-1, 10.0.0.1, 5, vol-1",
    "nbd://[::1]:5/a%20b, ::1, 5, 'a b'",
  })
  void tcp_isRead(String text, String host, int port, String export) {
    assertEquals(new NbdUri(new NbdUri.Server.Tcp(host, port), export), NbdUri.parse(text));
  }

  @Test
  void unixSocket_isRead() {
    assertEquals(
        new NbdUri(new NbdUri.Server.Unix(Path.of("/run/a b+c.sock")), "demo@web"),
        NbdUri.parse("nbd+unix:///demo@web?socket=/run/a%20b+c.sock"));
    assertEquals(
        new NbdUri(new NbdUri.Server.Unix(Path.of("x.sock")), ""),
        NbdUri.parse("nbd+unix:///?socket=x.sock"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "demo",
        "http://x/",
        "nbds://x/",
        "nbd:///x",
        "nbd+unix:///x",
        "nbd+unix:///?socket=",
        "nbd://a b/"
      })
  void anythingElse_isRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> NbdUri.parse(text));
  }
}
