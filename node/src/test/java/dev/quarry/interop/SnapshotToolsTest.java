package dev.quarry.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Clients that read a snapshot as an export of its own, without a volume made from it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class SnapshotToolsTest {
  @RegisterExtension final NodeFixture fixture = new NodeFixture("snapshot-tools");

  private static final long SIZE = 1L << 30;

  private ServedVolume volume;
  private ServedVolume snapshot;

  /// A snapshot of a volume that went on to be changed, and a copy of what it was.
  @BeforeAll
  void make() throws Exception {
    volume = fixture.node().create(SIZE);
    String uri = volume.uri(Transport.UNIX);
    Command.of(
            Tool.QEMU_IO,
            "-f",
            "raw",
            "-c",
            "write -P 0x5a 3M 5M",
            "-c",
            "write -P 0x33 700M 4k",
            "--",
            uri)
        .succeed();
    Command.of(Tool.NBDCOPY, uri, "before.raw").in(fixture.folder()).succeed();
    ControlClient control = fixture.node().control();
    String id = control.snapshot(List.of(volume.export())).getFirst();
    assertEquals("completed", control.awaitSnapshot(id));
    Command.of(Tool.QEMU_IO, "-f", "raw", "-c", "write -P 0x11 3M 900M", "--", uri).succeed();
    snapshot = fixture.node().served(id, SIZE);
  }

  @ParameterizedTest
  @EnumSource
  void qemuImg_compare_findsTheInstant(Transport transport) throws Exception {
    Command.of(
            Tool.QEMU_IMG,
            "compare",
            "-f",
            "raw",
            "-F",
            "raw",
            "before.raw",
            snapshot.uri(transport))
        .in(fixture.folder())
        .succeed();
  }

  @ParameterizedTest
  @EnumSource
  void nbdcopy_manyConnections_copiesTheInstant(Transport transport) throws Exception {
    Command.of(Tool.NBDCOPY, "--connections=4", snapshot.uri(transport), "after.raw")
        .in(fixture.folder())
        .succeed();
    Command.of(Tool.CMP, "before.raw", "after.raw").in(fixture.folder()).succeed();
  }

  @ParameterizedTest
  @EnumSource
  void nbdinfo_map_knowsTheHoles_andThatItIsReadOnly(Transport transport) throws Exception {
    String uri = snapshot.uri(transport);
    Command.of(Tool.NBDINFO, "--is", "read-only", uri).succeed();
    String map = Command.of(Tool.NBDINFO, "--map", "--totals", uri).succeed().output();
    long data = (5 << 20) + (512 << 10);
    assertTrue(map.lines().anyMatch(line -> line.matches(" *" + data + " .* data")), map);
  }

  @ParameterizedTest
  @EnumSource
  void nbdinfo_mapOfChanges_hasWhatWasWrittenSinceTheSnapshot(Transport transport)
      throws Exception {
    assertEquals(
        "0 3145728 0, 3145728 943718400 1, 946864128 126877696 0",
        map(volume, "quarry:changed", transport));
  }

  @ParameterizedTest
  @EnumSource
  void nbdinfo_mapOfResidency_ofAVolumeOfItsOwn_isAllHere(Transport transport) throws Exception {
    assertEquals("0 1073741824 0", map(volume, "quarry:residency", transport));
  }

  private static String map(ServedVolume of, String context, Transport transport) throws Exception {
    return Command.of(Tool.NBDINFO, "--map=" + context, of.uri(transport))
        .succeed()
        .output()
        .lines()
        .map(line -> line.strip().replaceAll("\\s+", " "))
        .collect(Collectors.joining(", "));
  }
}
