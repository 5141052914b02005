package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.nbd.ExportAccess;
import dev.quarry.nbd.TlsMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeTlsTest {
  @TempDir Path folder;

  private NodeTls withKeys(TlsMode tcp, TlsMode socket) {
    return new NodeTls(
        tcp,
        socket,
        Optional.empty(),
        Optional.of(folder.resolve("keys")),
        false,
        Optional.of(folder.resolve("access")));
  }

  private void writeKeys() throws IOException {
    Files.writeString(folder.resolve("keys"), "alice:00112233\n");
  }

  private void writeAccess() throws IOException {
    Files.writeString(folder.resolve("access"), "alice: *\n");
  }

  @Test
  void load_tlsAtBothAddresses_sameServerAndAccess() throws IOException {
    writeKeys();
    writeAccess();
    NodeTls.Policies policies =
        withKeys(TlsMode.ON, TlsMode.REQUIRED).load(ExportAccess.everything());
    assertEquals(TlsMode.ON, policies.tcp().mode());
    assertEquals(TlsMode.REQUIRED, policies.socket().mode());
    assertSame(policies.tcp().server().orElseThrow(), policies.socket().server().orElseThrow());
    assertSame(policies.tcp().access(), policies.socket().access());
  }

  @Test
  void load_tlsAtOneAddress_accessRestrictedAtBoth() throws IOException {
    writeKeys();
    writeAccess();
    NodeTls.Policies policies =
        withKeys(TlsMode.REQUIRED, TlsMode.OFF).load(ExportAccess.everything());
    assertTrue(policies.tcp().server().isPresent());
    assertEquals(TlsMode.OFF, policies.socket().mode());
    assertTrue(policies.socket().access().restricts());
  }

  @Test
  void load_off_everythingInClear() throws IOException {
    NodeTls.Policies policies = NodeTls.off().load(ExportAccess.everything());
    assertEquals(TlsMode.OFF, policies.tcp().mode());
    assertEquals(TlsMode.OFF, policies.socket().mode());
    assertFalse(policies.tcp().access().restricts());
  }

  @Test
  void load_missingFiles_namesAccessBeforeKeys() throws IOException {
    NodeTls tls = withKeys(TlsMode.OFF, TlsMode.ON);
    IOException e = assertThrows(IOException.class, () -> tls.load(ExportAccess.everything()));
    assertEquals("file is missing file=" + folder.resolve("access"), e.getMessage());
    writeAccess();
    e = assertThrows(IOException.class, () -> tls.load(ExportAccess.everything()));
    assertEquals("file is missing file=" + folder.resolve("keys"), e.getMessage());
  }
}
