package dev.quarry.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.OperatingSystemMXBean;
import dev.quarry.block.Durability;
import dev.quarry.crypto.DataKey;
import dev.quarry.crypto.InsecureKeyAccess;
import dev.quarry.disk.PosixDisk;
import dev.quarry.objects.DirectoryStore;
import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.S3Credentials;
import dev.quarry.objects.S3Settings;
import dev.quarry.objects.S3Store;
import dev.quarry.snapshot.Anchors;
import dev.quarry.snapshot.ChecksumSeals;
import dev.quarry.snapshot.DataKeySeals;
import dev.quarry.snapshot.Hints;
import dev.quarry.snapshot.ParentSnapshot;
import dev.quarry.snapshot.PendingSnapshot;
import dev.quarry.snapshot.Seals;
import dev.quarry.snapshot.SnapshotId;
import dev.quarry.snapshot.SnapshotInfo;
import dev.quarry.snapshot.SnapshotService;
import dev.quarry.snapshot.SnapshotVolume;
import dev.quarry.snapshot.VolumeSnapshots;
import dev.quarry.snapshot.WriterLimits;
import dev.quarry.volume.Origin;
import dev.quarry.volume.VolumeData;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// One step of a comparison with backup programs, in a process of its own, as those are, or many
/// steps in one:
///
/// ```
/// SnapshotRun FOLDER STORE fill IMAGE              makes a volume with the contents of a file
/// SnapshotRun FOLDER STORE change IMAGE PAGES      writes the 4 KiB pages that PAGES lists, one a line
/// SnapshotRun FOLDER STORE snapshot                takes a snapshot and waits for it
/// SnapshotRun FOLDER STORE restore FILE            writes the latest snapshot's contents
/// SnapshotRun FOLDER STORE serve                   does steps that it reads, as a node does that is up
/// ```
///
/// Served steps are the same, one a line, and what each took is one line of the output. Before the
/// first, a few snapshots are made and read, for code that is run often to be compiled.
///
/// STORE is a folder, or `http://HOST:PORT/BUCKET` with the key `quarry-test`. The volume and its
/// snapshots are encrypted, as those of the other programs are, unless QUARRY_PLAIN is set. The key
/// is no secret.
public final class SnapshotRun implements SnapshotVolume {
  private static final int PAGE_BYTES = 4096;
  private static final int COPY_BYTES = 1 << 20;
  private static final int WARM_UPS = 4;
  private static final UUID LINEAGE = UUID.fromString("0b5e9c3c-5d0e-4a6e-9d7e-6c1f0a2b3c4d");

  private final Path folder;
  private final Optional<DataKey> key;

  private final MemorySegment page = Arena.ofAuto().allocate(PAGE_BYTES);
  private VolumeData data;

  private SnapshotRun(Path folder, Optional<DataKey> key) {
    this.folder = folder;
    this.key = key;
  }

  public static void main(String[] args) throws IOException {
    Optional<DataKey> key = Optional.empty();
    if (System.getenv("QUARRY_PLAIN") == null) {
      key =
          Optional.of(
              DataKey.insecureOf(new byte[DataKey.SIZE_BYTES], InsecureKeyAccess.granted()));
    }
    SnapshotRun run = new SnapshotRun(Path.of(args[0]), key);
    switch (args[2]) {
      case "fill" -> run.fill(Path.of(args[3]));
      case "change" -> {
        run.open();
        run.change(Path.of(args[3]), Path.of(args[4]));
        run.data.closeDurably();
      }
      case "snapshot" -> {
        run.open();
        System.out.println(run.snapshotOf(args[1]));
        run.data.closeDurably();
      }
      case "restore" -> run.restore(args[1], Path.of(args[3]));
      case "serve" -> run.serve(args[1]);
      default -> throw new IllegalArgumentException("no such step: " + args[2]);
    }
  }

  private void serve(String store) throws IOException {
    open();
    warmUp();
    System.out.println("ready");
    for (String line :
        (Iterable<String>)
            new BufferedReader(new InputStreamReader(System.in, UTF_8)).lines()::iterator) {
      String[] step = line.split(" ");
      long wall = System.nanoTime();
      long cpu = cpuNanos();
      switch (step[0]) {
        case "change" -> change(Path.of(step[1]), Path.of(step[2]));
        case "snapshot" -> snapshotOf(store);
        case "restore" -> restore(store, Path.of(step[1]));
        default -> throw new IllegalArgumentException("no such step: " + line);
      }
      System.out.printf(
          "%.3f %.3f 0 %d%n",
          (System.nanoTime() - wall) / 1e9, (cpuNanos() - cpu) / 1e9, peakKiB());
    }
    data.closeDurably();
  }

  private void warmUp() throws IOException {
    Path store = folder.resolve("warm-up");
    for (int round = 0; round < WARM_UPS; round++) {
      rememberParent(Optional.empty());
      snapshotOf(store.toString());
      data.device().read(0, page, 0, PAGE_BYTES);
      data.device().write(0, page, 0, PAGE_BYTES, Durability.CACHED);
      snapshotOf(store.toString());
      restore(store.toString(), folder.resolve("restored"));
      Files.delete(folder.resolve("restored"));
      try (var files = Files.walk(store)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    rememberParent(Optional.empty());
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  /// The most memory that was resident since the process began.
  private static long peakKiB() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    }
  }

  private void fill(Path image) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("size"), String.valueOf(Files.size(image)));
    open();
    copy(image, 0, Files.size(image));
    data.closeDurably();
  }

  private void change(Path image, Path pages) throws IOException {
    for (String page : Files.readAllLines(pages)) {
      copy(image, Long.parseLong(page) * PAGE_BYTES, PAGE_BYTES);
    }
    data.device().flush();
  }

  private void copy(Path image, long offset, long length) throws IOException {
    try (Arena arena = Arena.ofConfined();
        FileChannel from = FileChannel.open(image)) {
      MemorySegment buffer = arena.allocate(COPY_BYTES);
      for (long done = 0; done < length; ) {
        int step = (int) Math.min(COPY_BYTES, length - done);
        var bytes = buffer.asSlice(0, step).asByteBuffer();
        while (bytes.hasRemaining() && from.read(bytes, offset + done + bytes.position()) >= 0) {
          // until all is read
        }
        data.device().write(offset + done, buffer, 0, step, Durability.CACHED);
        done += step;
      }
    }
  }

  private String snapshotOf(String store) throws IOException {
    try (ObjectStore objects = openStore(store)) {
      VolumeSnapshots snapshots = new VolumeSnapshots(service(objects));
      snapshots.open(LINEAGE);
      long began = System.nanoTime();
      PendingSnapshot made = snapshots.create(this, "", Map.of());
      long begun = System.nanoTime();
      made.await();
      SnapshotInfo info = snapshots.show(made.id());
      Files.writeString(folder.resolve("latest"), made.id().text());
      return "stored=%d begunMillis=%d madeMillis=%d"
          .formatted(
              info.storedBytes(),
              (begun - began) / 1_000_000,
              (System.nanoTime() - began) / 1_000_000);
    }
  }

  private void restore(String store, Path file) throws IOException {
    SnapshotId id = new SnapshotId(Files.readString(folder.resolve("latest")));
    try (ObjectStore objects = openStore(store);
        FileChannel to =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      new VolumeSnapshots(service(objects)).export(id).toFile(to);
    }
  }

  private static ObjectStore openStore(String store) throws IOException {
    if (!store.startsWith("http://")) {
      return DirectoryStore.open(Path.of(store));
    }
    URI uri = URI.create(store);
    return S3Store.open(
        S3Settings.of(
            URI.create("http://" + uri.getAuthority()),
            uri.getPath().substring(1),
            "us-east-1",
            S3Credentials.of("quarry-test", "quarry-test-secret")));
  }

  private SnapshotService service(ObjectStore objects) {
    Seals seals = key.<Seals>map(DataKeySeals::new).orElseGet(ChecksumSeals::new);
    return new SnapshotService(
        objects,
        _ -> seals,
        Anchors.none(),
        Clock.systemUTC(),
        new SecureRandom(),
        WriterLimits.DEFAULT);
  }

  private void open() throws IOException {
    long sizeBytes = Long.parseLong(Files.readString(folder.resolve("size")));
    data =
        VolumeData.open(
            PosixDisk.open(folder.resolve("volume")),
            sizeBytes,
            new Origin.Empty(),
            key.map(DataKey::sectorCipher),
            false);
  }

  @Override
  public UUID lineage() {
    return LINEAGE;
  }

  @Override
  public VolumeData data() {
    return data;
  }

  @Override
  public Optional<ParentSnapshot> parent() {
    try {
      Path file = folder.resolve("parent");
      return Files.exists(file)
          ? Optional.of(ParentSnapshot.of(Files.readString(file)))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void rememberParent(Optional<ParentSnapshot> parent) {
    try {
      Files.deleteIfExists(folder.resolve("parent"));
      if (parent.isPresent()) {
        Files.writeString(folder.resolve("parent"), parent.get().toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Map<String, String> attributes() {
    return Map.of();
  }

  @Override
  public Hints hints() {
    return Hints.NONE;
  }

  @Override
  public int maxPending() {
    return 1;
  }
}
