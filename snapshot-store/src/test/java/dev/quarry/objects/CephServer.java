package dev.quarry.objects;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A Ceph cluster of one monitor, one storage daemon and one S3 gateway, in processes of their own,
/// with everything in one folder and on the loopback address.
///
/// The monitor begins with a map that has the storage daemon in it and with the keys of all, so
/// that nothing has to be registered afterwards.
final class CephServer implements AutoCloseable {
  private static final Duration STARTING = Duration.ofSeconds(180);
  private static final List<String> PROGRAMS =
      List.of(
          "ceph-mon",
          "ceph-osd",
          "radosgw",
          "radosgw-admin",
          "ceph-authtool",
          "monmaptool",
          "osdmaptool");
  private static final S3Credentials CREDENTIALS =
      S3Credentials.of("quarry-test", "quarry-test-secret");

  private final Path folder;
  private final int gatewayPort;
  private final List<ServerProcess> processes = new ArrayList<>();

  private CephServer(Path folder, int gatewayPort) {
    this.folder = folder;
    this.gatewayPort = gatewayPort;
  }

  /// Why there can be no cluster here, if there cannot.
  static Optional<String> missing() {
    if ("false".equals(System.getProperty("quarry.ceph"))) {
      return Optional.of("-Dquarry.ceph=false");
    }
    if (!"root".equals(System.getProperty("user.name"))) {
      return Optional.of("Ceph's daemons are started as root");
    }
    for (String program : PROGRAMS) {
      if (!Files.isExecutable(Path.of("/usr/bin", program))) {
        return Optional.of(
            "there is no " + program + "; install the packages ceph-mon, ceph-osd and radosgw");
      }
    }
    return Optional.empty();
  }

  /// Starts a cluster in an empty folder.
  static CephServer start(Path folder) throws IOException, InterruptedException {
    CephServer server = new CephServer(folder, ServerProcess.freePort());
    try {
      server.start(ServerProcess.freePort(), UUID.randomUUID());
      return server;
    } catch (IOException | InterruptedException e) {
      server.close();
      throw e;
    }
  }

  private void start(int monitorPort, UUID cluster) throws IOException, InterruptedException {
    for (String name : List.of("mon", "osd", "run")) {
      Files.createDirectory(folder.resolve(name));
    }
    Files.writeString(folder.resolve("ceph.conf"), configuration(monitorPort, cluster));
    makeKeys();
    run(
        "monmaptool --create --fsid %s --addv a [v2:127.0.0.1:%d] monmap"
            .formatted(cluster, monitorPort));
    run("osdmaptool --createsimple 1 osdmap");
    run("ceph-mon --mkfs -i a --monmap monmap --osdmap osdmap --keyring keyring -c ceph.conf");
    start("mon", "ceph-mon -f -i a -c ceph.conf");
    run("ceph-osd --mkfs -i 0 -c ceph.conf --osd-uuid " + UUID.randomUUID());
    start("osd", "ceph-osd -f -i 0 -c ceph.conf");
    ServerProcess gateway = start("gateway", "radosgw -f -n client.rgw -c ceph.conf");
    run(
        "radosgw-admin user create -c ceph.conf -n client.rgw --uid quarry --display-name quarry"
            + " --access-key quarry-test --secret quarry-test-secret");
    gateway.awaitPort(gatewayPort, STARTING);
  }

  private void makeKeys() throws IOException, InterruptedException {
    run("ceph-authtool --create-keyring keyring --gen-key -n mon.");
    for (String name : List.of("client.admin", "osd.0", "client.rgw")) {
      ServerProcess.run(
          folder,
          STARTING,
          List.of(
              "ceph-authtool",
              "keyring",
              "--gen-key",
              "-n",
              name,
              "--cap",
              "mon",
              "allow *",
              "--cap",
              "osd",
              "allow *"));
    }
    Files.copy(folder.resolve("keyring"), folder.resolve("osd/keyring"));
  }

  private String configuration(int monitorPort, UUID cluster) {
    return """
    [global]
    fsid = %1$s
    mon host = v2:127.0.0.1:%2$d
    keyring = %3$s/keyring
    run dir = %3$s/run
    crash dir = %3$s/run
    admin socket =
    pid file =
    log file = %3$s/$name.log
    auth cluster required = cephx
    auth service required = cephx
    auth client required = cephx
    public addr = 127.0.0.1
    cluster addr = 127.0.0.1
    osd pool default size = 1
    osd pool default min size = 1
    osd pool default pg num = 8
    osd pool default pgp num = 8
    mon allow pool size one = true
    [mon.a]
    mon data = %3$s/mon
    mon initial members = a
    [osd.0]
    osd data = %3$s/osd
    osd crush update on start = false
    osd memory target = 939524096
    bluestore block size = 2147483648
    bluestore block create = true
    [client.rgw]
    rgw frontends = beast endpoint=127.0.0.1:%4$d
    rgw data = %3$s/run
    rgw dynamic resharding = false
    """
        .formatted(cluster, monitorPort, folder, gatewayPort);
  }

  private void run(String command) throws IOException, InterruptedException {
    ServerProcess.run(folder, STARTING, List.of(command.split(" ")));
  }

  private ServerProcess start(String name, String command) throws IOException {
    ServerProcess process = ServerProcess.start(folder, name, List.of(command.split(" ")));
    processes.addFirst(process);
    return process;
  }

  /// Settings for a bucket. The gateway's region is "default", and it makes buckets in no other.
  S3Settings settings(String bucket) {
    return TestBuckets.patient(
        S3Settings.of(
            URI.create("http://127.0.0.1:" + gatewayPort), bucket, "default", CREDENTIALS));
  }

  @Override
  public void close() throws IOException {
    for (ServerProcess process : processes) {
      process.close();
    }
  }
}
