package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.NbdConnection;
import dev.quarry.cli.CommandRun;
import dev.quarry.objects.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/// A node in this process whose snapshots are tested, driven by commands and over NBD.
///
/// @param data its data folder
record SnapshotFixture(Path data) {
  static final int MIB = 1 << 20;
  private static final HostPort ANY_PORT = HostPort.parse("127.0.0.1:0");

  Node start() throws NodeException {
    return start(Limits.NONE);
  }

  /// A node with limits on its store.
  Node start(Limits limits) throws NodeException {
    return start(new StoreSettings.Place.InDataFolder(), limits, Duration.ofSeconds(5));
  }

  Node start(StoreSettings.Place place, Limits limits, Duration patience) throws NodeException {
    return Node.start(
        new NodeSettings(
            data,
            ANY_PORT,
            NodeSettings.defaultSocket(data),
            ANY_PORT,
            KeySettings.standard(),
            NodeLimits.standard(),
            new StoreSettings(place, limits, patience),
            NodeTls.off(),
            NodeAccess.everything()));
  }

  /// Creates a volume of 1 GiB.
  void create(String name, String... more) throws IOException {
    json(words(List.of("volume", "create", "--name", name, "--size", "1GiB"), more));
  }

  /// Creates a volume from a snapshot.
  void createFrom(String snapshot, String name, String... more) throws IOException {
    json(words(List.of("volume", "create", "--name", name, "--snapshot", snapshot), more));
  }

  private static String[] words(List<String> first, String... more) {
    List<String> words = new java.util.ArrayList<>(first);
    words.addAll(List.of("--type", "unlimited"));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  /// Makes a snapshot and waits for it.
  ///
  /// @return its id
  String snapshot(String volume) throws IOException {
    return json("snapshot", "create", volume, "--wait")
        .objects("snapshots")
        .getFirst()
        .text("id")
        .orElseThrow();
  }

  JsonObject json(String... words) throws IOException {
    return CommandRun.json(data, words);
  }

  JsonObject volume(String name) throws IOException {
    return json("volume", "show", name);
  }

  /// Waits until a volume is wholly on the local disk.
  void awaitLocal(String volume) throws IOException, InterruptedException {
    while (!initialization(volume).equals("completed")) {
      Thread.sleep(20);
    }
  }

  String initialization(String volume) throws IOException {
    return volume(volume).object("initialization").orElseThrow().text("state").orElseThrow();
  }

  static NbdConnection connect(Node node, String volume) throws IOException {
    return new NbdConnection(HostPort.parse(node.file().nbd()), volume);
  }

  static void write(Node node, String volume, long offset, byte[] bytes) throws IOException {
    try (NbdConnection client = connect(node, volume)) {
      assertEquals(0, client.write(offset, bytes));
      assertEquals(0, client.flush());
    }
  }

  static byte[] read(Node node, String volume, long offset, int length) throws IOException {
    try (NbdConnection client = connect(node, volume)) {
      return client.read(offset, length);
    }
  }

  static byte[] random(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
