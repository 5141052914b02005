package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {

  @ParameterizedTest
  @CsvSource({
    "localhost:1234, localhost, 1234, localhost:1234",
    "localhost, localhost, 10809, localhost:10809",
    "10.1.2.3:0, 10.1.2.3, 0, 10.1.2.3:0",
    "[::1]:1234, ::1, 1234, [::1]:1234",
    "[::1], ::1, 10809, [::1]:10809",
    "::1, ::1, 10809, [::1]:10809",
    ":1234, '', 1234, :1234",
    "*:1234, '', 1234, :1234",
    "*, '', 10809, :10809",
  })
  void parse_address_hostAndPort(String text, String host, int port, String shown) {
    ListenAddress.Tcp address = ListenAddress.Tcp.parse(text);
    assertEquals(new ListenAddress.Tcp(host, port), address);
    assertEquals(shown, address.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"host:", "host:x", "host:-1", "host:65536", "host:123456", "[::1]:"})
  void parse_noAddress_refused(String text) {
    assertThrows(IllegalArgumentException.class, () -> ListenAddress.Tcp.parse(text));
  }

  @Test
  void unix_longestPath_accepted() {
    String path = "/" + "x".repeat(106);
    assertEquals("unix:" + path, new ListenAddress.Unix(Path.of(path)).toString());
    assertThrows(IllegalArgumentException.class, () -> new ListenAddress.Unix(Path.of(path + "x")));
  }
}
