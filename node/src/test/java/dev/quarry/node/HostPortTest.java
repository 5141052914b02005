package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HostPortTest {

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:10809, 127.0.0.1, 10809",
    "localhost:0, localhost, 0",
    "[::1]:65535, ::1, 65535",
    ":10809, '', 10809",
  })
  void parse_address_isReadAndWrittenBack(String text, String host, int port) {
    assertEquals(new HostPort(host, port), HostPort.parse(text));
    assertEquals(text, HostPort.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "localhost", "10809", "h:", "h:x", "h:-1", "h:65536", "::1:80"})
  void parse_anythingElse_saysWhatOneLooksLike(String text) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> HostPort.parse(text));
    assertTrue(e.getMessage().contains("write one like 127.0.0.1:10809"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    ":1, 127.0.0.1:1",
    "0.0.0.0:1, 127.0.0.1:1",
    "[::]:1, [::1]:1",
    "10.0.0.1:1, 10.0.0.1:1",
  })
  void reachable_ofAllAddresses_isLoopback(String bound, String reached) {
    assertEquals(reached, HostPort.parse(bound).reachable().toString());
  }

  @Test
  void loopback_isOnlyThisMachinesOwn() throws Exception {
    assertTrue(HostPort.parse("127.0.0.1:1").loopback());
    assertTrue(HostPort.parse("[::1]:1").loopback());
    assertFalse(HostPort.parse("0.0.0.0:1").loopback());
    assertFalse(HostPort.parse(":1").loopback());
    assertFalse(HostPort.parse("192.0.2.1:1").loopback());
  }
}
