package dev.quarry.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.tls.CertificateFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// libnbd and QEMU, which bring GnuTLS, against a node that wants TLS.
@Timeout(300)
class TlsClientToolsTest {
  private static final String KEY =
      "2c1ac1d50e0e2b6a2a6d0b0a94c2f8b4a6fd9f9ea51a1d02d3ab6b2f35b0e3a7";

  @TempDir Path folder;

  /// How a client of QEMU's may be told to talk.
  private enum Version {
    TLS_1_2("NORMAL:-VERS-ALL:+VERS-TLS1.2"),
    TLS_1_3("NORMAL:-VERS-ALL:+VERS-TLS1.3");

    private final String priority;

    Version(String priority) {
      this.priority = priority;
    }
  }

  private NodeUnderTest node(String... options) throws Exception {
    return NodeUnderTest.start(folder.resolve("node"), options);
  }

  private static String uri(ServedVolume volume, String user, String query) {
    return "nbds://%s127.0.0.1:%d/%s?%s".formatted(user, volume.tcpPort(), volume.export(), query);
  }

  private Path certificates() throws Exception {
    Path made = folder.resolve("pki");
    CertificateFolder.create(made, List.of("localhost", "127.0.0.1"), "alice", Instant.now());
    return made;
  }

  private Path keys() throws Exception {
    Path made = Files.createDirectory(folder.resolve("psk"));
    Files.writeString(made.resolve("keys.psk"), "alice:" + KEY + "\n");
    return made;
  }

  private void qemuIo(ServedVolume volume, String credentials) throws Exception {
    Command.of(
            Tool.QEMU_IO,
            "--object",
            credentials,
            "--image-opts",
            "driver=nbd,host=127.0.0.1,port=%d,export=%s,tls-creds=t"
                .formatted(volume.tcpPort(), volume.export()),
            "-c",
            "write -P 0x5a 1M 4M",
            "-c",
            "write -z 2M 64k",
            "-c",
            "read -P 0x5a 1M 1M",
            "-c",
            "read -P 0 2M 64k")
        .succeed();
  }

  @ParameterizedTest
  @EnumSource
  void certificates_bothVersions_readAndWrite(Version version) throws Exception {
    Path pki = certificates();
    try (NodeUnderTest node =
        node("--tls", "require", "--tls-certificates", pki.toString(), "--tls-verify-peer")) {
      ServedVolume volume = node.create(1L << 30);
      qemuIo(
          volume,
          "tls-creds-x509,id=t,dir=%s,endpoint=client,priority=%s"
              .formatted(pki, version.priority));
      String uri = uri(volume, "", "tls-certificates=" + pki);
      String info = Command.of(Tool.NBDINFO, uri).succeed().output();
      assertTrue(info.startsWith("protocol: newstyle-fixed with TLS, using structured"), info);
      Command.of(Tool.NBDCOPY, uri, "null:").succeed();
      assertFalse(
          Command.of(Tool.NBDINFO, "--list", "nbd://127.0.0.1:" + volume.tcpPort())
              .run()
              .output()
              .contains(volume.export()),
          "an export is named in clear");
    }
  }

  @ParameterizedTest
  @EnumSource
  void keys_bothVersions_readAndWrite(Version version) throws Exception {
    Path psk = keys();
    Path file = psk.resolve("keys.psk");
    try (NodeUnderTest node = node("--tls", "require", "--tls-psk", file.toString())) {
      ServedVolume volume = node.create(1L << 30);
      qemuIo(
          volume,
          "tls-creds-psk,id=t,dir=%s,endpoint=client,username=alice,priority=%s"
              .formatted(psk, version.priority + ":+ECDHE-PSK:+DHE-PSK:+PSK"));
      String uri = uri(volume, "alice@", "tls-psk-file=" + file);
      Command.of(Tool.NBDCOPY, uri, "null:").succeed();

      Path wrong = Files.writeString(folder.resolve("wrong.psk"), "alice:00" + KEY + "\n");
      Command.Outcome refused =
          Command.of(Tool.NBDINFO, uri(volume, "alice@", "tls-psk-file=" + wrong)).run();
      assertEquals(1, refused.exitCode(), refused.toString());
      Path other = Files.writeString(folder.resolve("other.psk"), "bob:" + KEY + "\n");
      refused = Command.of(Tool.NBDINFO, uri(volume, "bob@", "tls-psk-file=" + other)).run();
      assertEquals(1, refused.exitCode(), refused.toString());
    }
  }

  @Test
  void access_byName_otherVolumesDoNotExist() throws Exception {
    Path psk = keys().resolve("keys.psk");
    Path access = Files.writeString(folder.resolve("access"), "bob: *\nalice: vol-0\n");
    try (NodeUnderTest node =
        node("--tls", "on", "--tls-psk", psk.toString(), "--tls-access", access.toString())) {
      ServedVolume volume = node.create(1L << 30);
      String alice = "nbds://alice@127.0.0.1:%d/".formatted(volume.tcpPort());
      String query = "?tls-psk-file=" + psk;
      String list = Command.of(Tool.NBDINFO, "--list", alice + query).run().toString();
      assertFalse(list.contains(volume.export()), list);
      String refused =
          Command.of(Tool.NBDINFO, alice + volume.export() + query).run().expectExit(1).errors();
      assertTrue(refused.contains("No such file or directory"), refused);
    }
  }
}
