package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quarry.objects.MemoryStore;
import dev.quarry.objects.ObjectStore;
import dev.quarry.volume.ChunkLayout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A reader in another language, written from the format document alone, restores what is made
/// here.
class IndependentReaderTest {
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;
  private static final Path PYTHON = Path.of("/usr/bin/python3");

  @TempDir Path folder;

  @BeforeEach
  void needPython() {
    assumeTrue(Files.isExecutable(PYTHON), "skipped: there is no " + PYTHON);
  }

  @Test
  void reader_ofAnUnencryptedVolume_restoresEverySnapshot() throws Exception {
    MemoryStore store = MemoryStore.create();
    Random random = new Random(3);
    SnapshotService service =
        new SnapshotService(
            store,
            _ -> Samples.plain(),
            Anchors.none(),
            Samples.CLOCK,
            random,
            WriterLimits.DEFAULT);
    service.takeOver(Samples.VOLUME);
    ByteVolume volume = new ByteVolume(20 * CHUNK + 512);
    List<SnapshotId> ids = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    Optional<ParentSnapshot> parent = Optional.empty();
    for (int i = 0; i < 4; i++) {
      change(volume, i);
      long since = parent.map(ParentSnapshot::cutEpoch).orElse(0L);
      PendingSnapshot pending =
          Samples.begin(
              service,
              new SnapshotRequest(
                  Samples.VOLUME,
                  volume.freeze(since),
                  parent,
                  "number " + i,
                  Map.of("Name", "täglich"),
                  Map.of(),
                  Hints.NONE),
              5);
      parent = Optional.of(pending.await());
      ids.add(pending.id());
      contents.add(volume.contents());
    }
    copyToFolder(store);
    for (int i = 0; i < ids.size(); i++) {
      Path output = folder.resolve("restored-" + i);
      assertEquals("", run(ids.get(i).text(), output));
      assertArrayEquals(contents.get(i), Files.readAllBytes(output));
    }
  }

  private static void change(ByteVolume volume, int round) {
    switch (round) {
      case 0 -> {
        for (int chunk = 0; chunk < 19; chunk++) {
          byte[] text = ("chunk " + chunk + " ").repeat(6000).getBytes(StandardCharsets.UTF_8);
          volume.write(chunk * CHUNK, text);
        }
        volume.write(3 * CHUNK, Samples.bytes(1, CHUNK));
      }
      case 1 -> volume.write(5 * CHUNK + 5000, Samples.bytes(2, 10_000));
      case 2 -> {
        volume.write(5 * CHUNK + 9000, Samples.bytes(3, 10));
        volume.write(3 * CHUNK, new byte[CHUNK]);
        volume.write(20 * CHUNK, Samples.bytes(4, 512));
      }
      default -> volume.write(7 * CHUNK, Samples.bytes(5, 3 * CHUNK));
    }
  }

  private void copyToFolder(ObjectStore store) throws IOException {
    for (String name : Stores.names(store, "")) {
      Path file = folder.resolve("store").resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(file, store.get(name).orElseThrow());
    }
  }

  private String run(String snapshotId, Path output) throws Exception {
    Path script = folder.resolve("restore.py");
    try (var in = IndependentReaderTest.class.getResourceAsStream("restore.py")) {
      Files.write(script, in.readAllBytes());
    }
    Process process =
        new ProcessBuilder(
                PYTHON.toString(),
                script.toString(),
                folder.resolve("store").toString(),
                snapshotId,
                output.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return said;
  }
}
