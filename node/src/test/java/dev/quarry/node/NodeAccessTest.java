package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.NbdConnection;
import dev.quarry.nbd.AddressRange;
import dev.quarry.nbd.Client;
import java.io.EOFException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What clients of a whole node may do.
@Timeout(60)
class NodeAccessTest {
  private static final HostPort ANY_PORT = new HostPort("127.0.0.1", 0);
  private static final int EPERM = 1;

  @TempDir Path folder;

  private Node start(NodeAccess access) throws NodeException {
    Path data = folder.resolve("data");
    return Node.start(
        new NodeSettings(
            data,
            ANY_PORT,
            NodeSettings.defaultSocket(data),
            ANY_PORT,
            KeySettings.standard(),
            NodeLimits.standard(),
            StoreSettings.standard(),
            NodeTls.off(),
            access));
  }

  private static NbdConnection attach(Node node, String name) throws Exception {
    return new NbdConnection(HostPort.parse(node.file().nbd()), name);
  }

  @Test
  void readOnly_byName_refusesWrites() throws Exception {
    NodeAccess access = new NodeAccess(List.of(), Optional.empty(), Set.of(Node.DEMO_VOLUME));
    try (Node node = start(access);
        NbdConnection client = attach(node, node.demo().orElseThrow().id().text())) {
      assertEquals(EPERM, client.write(0, new byte[512]));
      assertEquals(512, client.read(0, 512).length);
    }
  }

  @Test
  void addresses_ofOthers_nothingToBeHad() throws Exception {
    Path file = Files.writeString(folder.resolve("access"), "10.0.0.0/8: *\n");
    try (Node node = start(new NodeAccess(List.of(), Optional.of(file), Set.of()))) {
      assertThrows(EOFException.class, () -> attach(node, Node.DEMO_VOLUME));
    }
  }

  @Test
  void callers_ofOthers_turnedAway() throws Exception {
    NodeAccess access =
        new NodeAccess(List.of(AddressRange.parse("10.0.0.0/8")), Optional.empty(), Set.of());
    try (Node node = start(access)) {
      assertThrows(EOFException.class, () -> attach(node, Node.DEMO_VOLUME));
    }
  }

  @Test
  void start_badFile_saysHowALineLooks() throws Exception {
    Path file = Files.writeString(folder.resolve("access"), "somewhere: *\n");
    NodeException e =
        assertThrows(
            NodeException.class,
            () -> start(new NodeAccess(List.of(), Optional.of(file), Set.of())).close());
    assertTrue(e.getMessage().contains("line=1"), e.getMessage());
    assertTrue(e.remedy().contains("unix: *"), e.remedy());
  }

  @Test
  void name_ofAClient_isItsMachineNameAndGroup() {
    String here = ClientName.of(client(Optional.empty(), ""), Optional.empty());
    assertEquals(here, ClientName.of(client(Optional.of("127.0.0.1"), ""), Optional.empty()));
    assertNotEquals(here, ClientName.of(client(Optional.of("192.0.2.1"), ""), Optional.empty()));
    assertNotEquals(here, ClientName.of(client(Optional.empty(), "a"), Optional.empty()));
    assertNotEquals(here, ClientName.of(client(Optional.empty(), ""), Optional.of("web")));
  }

  private static Client client(Optional<String> host, String identity) {
    return new Client(
        1,
        host.orElse("unix"),
        host.map(InetAddress::ofLiteral),
        identity.isEmpty() ? Optional.empty() : Optional.of(identity));
  }
}
