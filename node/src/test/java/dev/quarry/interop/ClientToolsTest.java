package dev.quarry.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The NBD clients that people use, each doing what it does: nbdinfo, nbd-client, qemu-io,
/// qemu-img, fio, nbdkit.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class ClientToolsTest {
  @RegisterExtension final NodeFixture fixture = new NodeFixture("tools", encrypted());

  private static final long SIZE = 1L << 30;

  private ServedVolume volume;

  @BeforeAll
  void start() throws Exception {
    volume = fixture.node().create(SIZE);
  }

  @ParameterizedTest
  @EnumSource
  void nbdinfo_volume_saysWhatIsServed(Transport transport) throws Exception {
    String json = Command.of(Tool.NBDINFO, "--json", volume.uri(transport)).succeed().output();

    JsonNode info = new JsonMapper().readTree(json);
    assertEquals("newstyle-fixed", info.path("protocol").asText());
    JsonNode export = info.path("exports").path(0);
    assertEquals(volume.export(), export.path("export-name").asText());
    assertEquals(SIZE, export.path("export-size").asLong());
    assertEquals(false, export.path("is_read_only").asBoolean(true));
    for (String can :
        List.of("cache", "df", "fast_zero", "flush", "fua", "multi_conn", "trim", "zero")) {
      assertTrue(export.path("can_" + can).asBoolean(), can + " in " + json);
    }
    assertTrue(export.path("block_size_minimum").asInt() <= 512, json);
    assertEquals(4096, export.path("block_size_preferred").asInt(), json);
    assertEquals(32 << 20, export.path("block_size_maximum").asInt(), json);
  }

  @ParameterizedTest
  @EnumSource
  void nbdinfo_size_isTheVolumes(Transport transport) throws Exception {
    Command.Outcome size = Command.of(Tool.NBDINFO, "--size", volume.uri(transport)).succeed();
    assertEquals(SIZE, Long.parseLong(size.output().strip()));
  }

  @ParameterizedTest
  @EnumSource
  void nbdinfo_list_namesTheVolume(Transport transport) throws Exception {
    String list = Command.of(Tool.NBDINFO, "--list", volume.uri(transport)).succeed().output();
    assertTrue(list.contains("export=\"" + volume.export() + "\""), list);
  }

  @ParameterizedTest
  @EnumSource
  void nbdinfo_map_coversTheVolume(Transport transport) throws Exception {
    String map =
        Command.of(Tool.NBDINFO, "--map", "--json", volume.uri(transport)).succeed().output();
    long next = 0;
    for (JsonNode extent : new JsonMapper().readTree(map)) {
      assertEquals(next, extent.path("offset").asLong(), map);
      next += extent.path("length").asLong();
    }
    assertEquals(SIZE, next, map);
  }

  /// Who asks for the map first takes what is data and nothing else.
  @ParameterizedTest
  @EnumSource
  void copy_sparseVolume_readsDataOnly(Transport transport) throws Exception {
    ServedVolume sparse = fixture.node().create(SIZE);
    String uri = sparse.uri(transport);
    Command.of(Tool.QEMU_IO, "-f", "raw", "-c", "write -P 0x5a 512M 1M", "--", uri).succeed();

    String map = Command.of(Tool.NBDINFO, "--map", "--totals", uri).succeed().output();
    assertTrue(map.lines().anyMatch(line -> line.matches(" *1048576 +0.1% +0 +data")), map);
    long[] data = {readBytes(sparse), 0, 0};
    Command.of(Tool.NBDCOPY, uri, "copied.raw").in(fixture.folder()).succeed();
    data[1] = readBytes(sparse);
    Command.of(Tool.QEMU_IMG, "convert", "-f", "raw", "-O", "raw", uri, "converted.raw")
        .in(fixture.folder())
        .succeed();
    data[2] = readBytes(sparse);

    Command.of(Tool.CMP, "copied.raw", "converted.raw").in(fixture.folder()).succeed();
    assertTrue(data[1] - data[0] <= 2 << 20, Arrays.toString(data));
    assertTrue(data[2] - data[1] <= 4 << 20, Arrays.toString(data));
  }

  private long readBytes(ServedVolume sparse) throws Exception {
    return fixture
        .node()
        .control()
        .show(sparse.export())
        .path("metrics")
        .path("VolumeReadBytes")
        .asLong();
  }

  @ParameterizedTest
  @EnumSource(names = "TCP")
  void nbdClient_list_namesTheVolume(Transport transport) throws Exception {
    String list =
        Command.of(Tool.NBD_CLIENT, "-l", "127.0.0.1", volume.tcpPort()).succeed().output();
    // It prints the description behind the name.
    assertTrue(
        list.lines().anyMatch(line -> line.startsWith(volume.export() + ":")), transport + list);
  }

  @ParameterizedTest
  @EnumSource
  void qemuIo_everyKindOfRequest_readsBackWhatItWrote(Transport transport) throws Exception {
    qemuIo(
        transport,
        "write -P 0x5a 1M 256k",
        "read -P 0x5a 1M 256k",
        "write -f -P 0xa5 1052672 4k", // forced, the block at 1 MiB + 4 KiB
        "read -P 0x5a 1M 4k",
        "read -P 0xa5 1052672 4k",
        "read -P 0x5a 1056768 4k",
        "write -P 0x11 513 511", // from the middle of a sector
        "read -P 0x11 513 511",
        "write -P 0x22 8M 4M",
        "write -z 9M 1M", // zeroes with their space kept
        "write -z -u 10M 1M", // zeroes, a hole if the server likes
        "read -P 0x22 8M 1M",
        "read -P 0 9M 2M",
        "read -P 0x22 11M 1M",
        "discard 11M 512k",
        "read -P 0x22 12058624 512k", // behind what was discarded
        "writev -P 0x33 16M 4k 12k 512 1k",
        "readv -P 0x33 16M 17k 512",
        "aio_write -P 0x44 20M 64k",
        "aio_write -P 0x45 21M 64k",
        "aio_flush",
        "aio_read -P 0x44 20M 64k",
        "aio_read -P 0x45 21M 64k",
        "aio_flush",
        "write -P 0x66 1073737728 4k", // the last block
        "read -P 0x66 1073737728 4k",
        "flush");
  }

  /// qemu-io says in its exit code whether a pattern was found: the tests above rely on it.
  @ParameterizedTest
  @EnumSource
  void qemuIo_otherPatternThanWritten_isTold(Transport transport) throws Exception {
    qemuIo(transport, "write -P 0x77 32M 64k");
    Command.of(Tool.QEMU_IO, "-f", "raw", "-c", "read -P 0x78 32M 64k", "--", volume.uri(transport))
        .run()
        .expectExit(1);
  }

  @ParameterizedTest
  @EnumSource
  void qemuImg_bench_writesAtDepth(Transport transport) throws Exception {
    bench(transport, "-w", "--pattern=90", "-c", "2000", "-d", "32", "-s", "4k");
    qemuIo(transport, "read -P 90 0 8000k");
    bench(transport, "-w", "--flush-interval=50", "-c", "1000", "-d", "16", "-s", "16k");
    bench(transport, "-c", "2000", "-d", "32", "-s", "64k");
  }

  @ParameterizedTest
  @CsvSource({"TCP, 1", "TCP, 4", "UNIX, 1", "UNIX, 4"})
  void fio_randomMix_verifies(Transport transport, int jobs) throws Exception {
    Tool.require(Tool.FIO);
    if (!Command.of(Tool.FIO, "--enghelp").succeed().output().contains("nbd")) {
      throw Skip.because("the installed fio has no nbd engine");
    }
    Command.of(
            Tool.FIO,
            "--name=verify",
            "--ioengine=nbd",
            "--uri=" + volume.uri(transport),
            "--rw=randrw",
            "--bsrange=4k-64k",
            "--iodepth=32",
            "--size=16m",
            "--numjobs=" + jobs,
            "--offset_increment=64m",
            "--fsync=64",
            "--verify=crc32c",
            "--verify_fatal=1",
            "--group_reporting",
            "--randseed=1")
        .in(fixture.folder())
        .succeed();
  }

  /// nbdkit in front of us as a client of its own, changing what passes through.
  @ParameterizedTest
  @EnumSource
  void nbdkit_asProxy_passesEverythingThrough(Transport transport) throws Exception {
    Tool.require(Tool.QEMU_IO);
    String script =
        "qemu-io -f raw -c 'write -P 0x21 64M 1M' -c 'write -z -u 65M 64k' -c 'discard 66M 64k'"
            + " -c 'read -P 0x21 64M 1M' -c 'read -P 0 65M 64k' -c flush \"$uri\"";
    proxy(transport, script);
    proxy(transport, script, "--filter=truncate", "truncate=512M");
    proxy(transport, script, "--filter=blocksize", "minblock=4096", "maxdata=64k", "maxlen=64k");
    proxy(transport, script, "--filter=delay", "rdelay=5ms", "wdelay=5ms");
  }

  private void qemuIo(Transport transport, String... commands) throws Exception {
    List<Object> words = new ArrayList<>(List.of("-f", "raw"));
    for (String command : commands) {
      words.addAll(List.of("-c", command));
    }
    words.add(volume.uri(transport));
    String output = Command.of(Tool.QEMU_IO, words.toArray()).succeed().output();
    assertTrue(!output.contains("fail") && !output.contains("rror"), output);
  }

  private void bench(Transport transport, String... options) throws Exception {
    List<Object> words = new ArrayList<>(List.of("bench", "-f", "raw"));
    words.addAll(Arrays.asList(options));
    words.add(volume.uri(transport));
    Command.of(Tool.QEMU_IMG, words.toArray()).succeed();
  }

  private void proxy(Transport transport, String script, String... filters) throws Exception {
    List<Object> words = new ArrayList<>(List.of("-U", "-"));
    Arrays.stream(filters).filter(word -> word.startsWith("--")).forEach(words::add);
    words.addAll(List.of("nbd", "uri=" + volume.uri(transport), "shared=true"));
    Arrays.stream(filters).filter(word -> !word.startsWith("--")).forEach(words::add);
    words.addAll(List.of("--run", script));
    Command.of(Tool.NBDKIT, words.toArray()).in(fixture.folder()).succeed();
  }

  /// Whether its volumes are encrypted.
  boolean encrypted() {
    return false;
  }
}
