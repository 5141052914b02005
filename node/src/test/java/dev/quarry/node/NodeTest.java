package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.NbdConnection;
import dev.quarry.cli.CommandRun;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How nodes start, fail to start, and end.
final class NodeTest {
  private static final HostPort ANY_PORT = HostPort.parse("127.0.0.1:0");

  @TempDir private Path folder;

  @Test
  void start_onANewFolder_makesTheDemoVolume_onlyOnce() throws Exception {
    try (Node node = Node.start(settings())) {
      assertEquals(Optional.of("demo"), node.demo().orElseThrow().name());
      try (NbdConnection client = new NbdConnection(HostPort.parse(node.file().nbd()), "demo")) {
        assertEquals(10L << 30, client.sizeBytes());
      }
    }
    try (Node node = Node.start(settings())) {
      assertEquals(Optional.empty(), node.demo());
    }
  }

  @Test
  void close_leavesNothingBehindThatTellsOfANode() throws Exception {
    Node node = Node.start(settings());
    node.close();
    node.close();
    assertEquals(Optional.empty(), NodeFile.read(data()));
    assertFalse(Files.exists(NodeSettings.defaultSocket(data())));
  }

  @Test
  void close_withAClient_keepsWhatItWrote() throws Exception {
    byte[] written = "kept".getBytes();
    Node node = Node.start(settings());
    String id = node.demo().orElseThrow().id().text();
    try (NbdConnection client = new NbdConnection(HostPort.parse(node.file().nbd()), "demo")) {
      assertEquals(0, client.write(4096, written));
      node.close();
      client.awaitEnd();
    }
    byte[] raw = new byte[written.length];
    try (var file = Files.newByteChannel(data().resolve("volumes").resolve(id).resolve("data"))) {
      file.position(4096).read(java.nio.ByteBuffer.wrap(raw));
    }
    assertEquals("kept", new String(raw));
  }

  @Test
  void start_makesAFolderForItsOwnerAlone() throws Exception {
    Node.start(settings()).close();
    assertEquals(
        PosixFilePermissions.fromString("rwx------"), Files.getPosixFilePermissions(data()));
  }

  @Test
  void start_secondNodeOnAFolder_isRefused_andTheFirstGoesOn() throws Exception {
    try (Node first = Node.start(settings())) {
      NodeException e = refused(settings());
      assertTrue(e.getMessage().contains("in use by another node"), e.getMessage());
      assertTrue(e.getMessage().contains("pid=" + ProcessHandle.current().pid()));
      assertTrue(e.remedy().contains("--data"));
      assertEquals(Optional.of(first.file()), NodeFile.read(data()));
    }
  }

  @Test
  void start_nbdPortTaken_isRefused_andLetsTheFolderGo() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      HostPort taken = new HostPort("127.0.0.1", other.getLocalPort());
      NodeException e =
          refused(new NodeSettings(data(), taken, NodeSettings.defaultSocket(data()), ANY_PORT));
      assertTrue(e.getMessage().contains(taken.toString()), e.getMessage());
      assertTrue(e.remedy().contains("--listen"));
    }
    Node.start(settings()).close();
  }

  @Test
  void start_apiPortTaken_isRefused_andLetsTheFolderGo() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      HostPort taken = new HostPort("127.0.0.1", other.getLocalPort());
      NodeException e =
          refused(new NodeSettings(data(), ANY_PORT, NodeSettings.defaultSocket(data()), taken));
      assertTrue(e.getMessage().contains(taken.toString()), e.getMessage());
      assertTrue(e.remedy().contains("--api"));
    }
    Node.start(settings()).close();
  }

  @Test
  void start_apiForOtherMachines_isRefused() throws Exception {
    for (String address : new String[] {"0.0.0.0:0", ":0", "192.0.2.1:0"}) {
      NodeException e =
          refused(
              new NodeSettings(
                  data(), ANY_PORT, NodeSettings.defaultSocket(data()), HostPort.parse(address)));
      assertTrue(e.getMessage().contains("this machine only"), e.getMessage());
    }
    assertFalse(Files.exists(data()), "nothing was touched");
  }

  @Test
  void start_folderOfSomethingElse_isRefused_andLeftAlone() throws Exception {
    Files.createDirectories(data());
    Files.writeString(data().resolve("thesis.tex"), "years of work");
    NodeException e = refused(settings());
    assertTrue(e.getMessage().contains("first=thesis.tex"), e.getMessage());
    assertTrue(e.remedy().contains("--data"));
    try (var files = Files.list(data())) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void start_folderThatACommandMadeForCertificates_isTaken_andItsOwnersAlone() throws Exception {
    assertEquals(0, CommandRun.on(data(), "tls", "init").exitCode());
    try (Node node = Node.start(settings())) {
      assertTrue(node.demo().isPresent());
      assertEquals(
          PosixFilePermissions.fromString("rwx------"), Files.getPosixFilePermissions(data()));
    }
    assertTrue(Files.exists(data().resolve("tls/server-cert.pem")));
  }

  @Test
  void start_folderOfSomethingElseWithCertificates_isRefused() throws Exception {
    Files.createDirectories(data().resolve("tls"));
    Files.writeString(data().resolve("thesis.tex"), "years of work");
    assertTrue(refused(settings()).getMessage().contains("first=thesis.tex"));
  }

  @Test
  void start_folderIsAFile_isRefused() throws Exception {
    Files.writeString(data(), "");
    assertTrue(refused(settings()).getMessage().contains("is not a folder"));
  }

  @Test
  void start_folderCannotBeMade_isRefused() throws Exception {
    Files.writeString(folder.resolve("file"), "");
    Path below = folder.resolve("file/data");
    NodeException e =
        refused(new NodeSettings(below, ANY_PORT, folder.resolve("s.sock"), ANY_PORT));
    assertTrue(e.getMessage().contains("cannot be made path=" + below), e.getMessage());
  }

  @Test
  void start_socketPathTooLong_isRefused() throws Exception {
    Path longPath = folder.resolve("x".repeat(120));
    NodeException e = refused(new NodeSettings(data(), ANY_PORT, longPath, ANY_PORT));
    assertTrue(e.remedy().contains("--socket"), e.getMessage());
  }

  @Test
  void start_afterAFailedStart_stillMakesTheDemoVolumeOrHasIt() throws Exception {
    refused(new NodeSettings(data(), ANY_PORT, folder.resolve("x".repeat(120)), ANY_PORT));
    try (Node node = Node.start(settings());
        NbdConnection client = new NbdConnection(HostPort.parse(node.file().nbd()), "demo")) {
      assertEquals(10L << 30, client.sizeBytes());
    }
  }

  private Path data() {
    return folder.resolve("data");
  }

  private NodeSettings settings() {
    return new NodeSettings(data(), ANY_PORT, NodeSettings.defaultSocket(data()), ANY_PORT);
  }

  private static NodeException refused(NodeSettings settings) throws IOException {
    return assertThrows(
        NodeException.class,
        () -> {
          try (Node node = Node.start(settings)) {
            assertTrue(node.demo().isPresent(), "it should not have started");
          }
        });
  }
}
