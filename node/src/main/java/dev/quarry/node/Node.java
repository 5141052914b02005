package dev.quarry.node;

import dev.quarry.crypto.Caller;
import dev.quarry.crypto.LocalKeyService;
import dev.quarry.crypto.LocalKeySettings;
import dev.quarry.disk.DirectoryLock;
import dev.quarry.nbd.NbdServer;
import dev.quarry.shaping.SystemTime;
import dev.quarry.volume.ControlException;
import dev.quarry.volume.NewVolume;
import dev.quarry.volume.VolumeCatalogue;
import dev.quarry.volume.VolumeRecord;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node: the volumes of one data folder, served over NBD, with a control API.
///
/// It is wired here and nowhere else. Safe for use by many threads.
public final class Node implements AutoCloseable {
  /// The volume that a node makes when its data folder is new, so that there is one to try.
  public static final String DEMO_VOLUME = "demo";

  private static final long DEMO_GIB = 10;

  /// As many bits as the hash functions that could be tried on it have.
  private static final int TOKEN_BYTES = 32;

  /// How long clients get to finish what is in flight when the node ends.
  private static final Duration FINISH_TIMEOUT = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private final NodeSettings settings;
  private final NodeFile file;
  private final DirectoryLock lock;
  private final LocalKeyService keys;
  private final Periodic upkeep;
  private final Optional<VolumeRecord> demo;
  private final SnapshotStart start;
  private final VolumeCatalogue volumes;
  private final NodeSnapshots snapshots;
  private final SnapshotCopies copies;
  private final NodeCollector collector;
  private final NbdServer nbd;
  private final ControlServer control;
  private boolean closed; // guarded by this

  private Node(
      NodeSettings settings,
      NodeFile file,
      DirectoryLock lock,
      LocalKeyService keys,
      Periodic upkeep,
      Optional<VolumeRecord> demo,
      SnapshotStart start,
      VolumeCatalogue volumes,
      NodeSnapshots snapshots,
      SnapshotCopies copies,
      NodeCollector collector,
      NbdServer nbd,
      ControlServer control) {
    this.settings = settings;
    this.file = file;
    this.lock = lock;
    this.keys = keys;
    this.upkeep = upkeep;
    this.demo = demo;
    this.start = start;
    this.volumes = volumes;
    this.snapshots = snapshots;
    this.copies = copies;
    this.collector = collector;
    this.nbd = nbd;
    this.control = control;
  }

  /// Starts a node: when this returns, it serves.
  ///
  /// @throws NodeException if it cannot; nothing is left open or listening then
  public static Node start(NodeSettings settings) throws NodeException {
    return start(settings, LocalKeySettings.standard());
  }

  /// @param local clock, randomness and the cost of passphrases of its keys
  static Node start(NodeSettings settings, LocalKeySettings local) throws NodeException {
    Opened opened = new Opened();
    try {
      return start(settings, local, opened);
    } catch (NodeException | RuntimeException e) {
      opened.closeAfter(e);
      throw e;
    }
  }

  private static Node start(NodeSettings settings, LocalKeySettings local, Opened opened)
      throws NodeException {
    Listeners.checkApi(settings.api());
    DataFolder folder = DataFolder.prepare(settings.dataFolder());
    DirectoryLock lock = opened.add(folder.lock());
    LocalKeyService keys = opened.add(NodeKeys.open(folder.path(), settings.keys(), local));
    SnapshotStart start = opened.add(SnapshotStart.of(settings, keys));
    VolumeCatalogue volumes =
        opened.add(
            folder.open(settings.limits().catalogueSettings().with(keys).with(start.origins())));
    NodeSnapshots snapshots = opened.add(new NodeSnapshots(start, volumes, keys));
    NodeCollector collector = opened.add(new NodeCollector(start.service()));
    ClientLimits clients = new ClientLimits(settings.limits(), new SystemTime());
    Optional<VolumeRecord> demo =
        folder.fresh() ? Optional.of(createDemo(volumes)) : Optional.empty();
    NodeExports served =
        new NodeExports(
            new CatalogueExports(volumes, clients, settings.access()), new NbdSnapshots(snapshots));
    NbdServer nbd = opened.add(Listeners.nbd(settings, served));
    HostPort tcp = Listeners.tcp(nbd);
    String token = token();
    List<Route> routes = new ArrayList<>();
    routes.add(new StatusApi(settings, volumes, nbd, clients, tcp, InstantSource.system()).route());
    EncryptionDefaults defaults = EncryptionDefaults.open(folder.path(), keys, Caller.owner());
    VolumeEncryption encryption = new VolumeEncryption(defaults);
    VolumeRequests requests = new VolumeRequests(encryption, snapshots);
    VolumeJson json =
        new VolumeJson(new ExportUris(tcp, settings.socket(), settings.tls()), start.origins());
    routes.addAll(new VolumeApi(volumes, requests, json).routes());
    routes.addAll(new SnapshotApi(snapshots).routes());
    routes.addAll(new RetentionApi(new NodeRetention(start.service(), collector)).routes());
    routes.addAll(new StoreApi(collector).routes());
    SnapshotExports exports = new SnapshotExports(snapshots, new SecureRandom());
    routes.addAll(new TransferApi(snapshots, exports, encryption).routes());
    SnapshotCopies copies =
        opened.add(new SnapshotCopies(start, snapshots, keys, encryption, folder.path()));
    routes.addAll(copies.routes());
    routes.addAll(new StoreChecks(start, folder.path(), new SecureRandom()).routes());
    routes.addAll(new SettingsApi(defaults).routes());
    routes.addAll(new KeyApi(keys, volumes).routes());
    routes.addAll(new AliasApi(keys).routes());
    routes.addAll(new GrantApi(keys).routes());
    routes.addAll(new AuditApi(keys).routes());
    ControlServer control = opened.add(Listeners.api(settings.api(), token, routes));
    NodeFile file =
        new NodeFile(
            ProcessHandle.current().pid(),
            control.address().toString(),
            token,
            tcp.toString(),
            settings.socket().toString(),
            Version.current());
    write(file, settings);
    Periodic upkeep = Periodic.start("key-upkeep", KeyUpkeep.PERIOD, new KeyUpkeep(keys));
    snapshots.resume();
    collector.start();
    LOG.atInfo()
        .setMessage("node started")
        .addKeyValue("version", file.version())
        .addKeyValue("data", settings.dataFolder())
        .addKeyValue("volumes", volumes.list().size())
        .log();
    return new Node(
        settings, file, lock, keys, upkeep, demo, start, volumes, snapshots, copies, collector, nbd,
        control);
  }

  /// Where this node is reached.
  public NodeFile file() {
    return file;
  }

  /// The volume that was made at this start because the data folder was new.
  public Optional<VolumeRecord> demo() {
    return demo;
  }

  /// Ends the node: stops accepting, lets what is in flight finish for up to ten seconds, makes all
  /// volumes durable and closes them. Closing twice is allowed.
  ///
  /// @throws IOException if a volume could not be made durable; everything is closed all the same
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    LOG.info("node is ending");
    NodeFile.delete(settings.dataFolder());
    control.close();
    copies.close();
    collector.close();
    snapshots.close();
    nbd.shutdown(FINISH_TIMEOUT);
    // Closed from the last to the first, whatever fails.
    try (lock;
        keys;
        upkeep;
        start) {
      volumes.close();
    }
    LOG.info("node ended, all volumes are durable");
  }

  private static VolumeRecord createDemo(VolumeCatalogue volumes) throws NodeException {
    try {
      return volumes.create(NewVolume.ofGib(DEMO_GIB).named(DEMO_VOLUME));
    } catch (ControlException e) {
      throw new NodeException(
          "the first volume cannot be created reason=" + e.getMessage(),
          "see to the disk, or name another folder with --data",
          e);
    }
  }

  private static String token() {
    byte[] bytes = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static void write(NodeFile file, NodeSettings settings) throws NodeException {
    try {
      file.write(settings.dataFolder());
    } catch (IOException e) {
      throw new NodeException(
          "node.json cannot be written data=%s reason=%s".formatted(settings.dataFolder(), e),
          "see to the disk, or name another folder with --data",
          e);
    }
  }
}
