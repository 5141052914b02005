package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.TestBytes;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import dev.quarry.disk.DirectoryInUseException;
import dev.quarry.disk.SimulatedMachine;
import dev.quarry.shaping.ModifyRequest;
import dev.quarry.shaping.VolumeType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The catalogue on a real disk, as somebody uses it who embeds it.
final class VolumeCatalogueTest {
  private static final long GIB = 1L << 30;

  @TempDir Path directory;
  private VolumeCatalogue catalogue;

  @BeforeEach
  void open() throws Exception {
    catalogue = VolumeCatalogue.open(directory);
  }

  @AfterEach
  void close() throws Exception {
    catalogue.close();
  }

  private void reopen() throws Exception {
    catalogue.close();
    open();
  }

  @Test
  void create_everythingGiven_isThereAfterReopening() throws Exception {
    NewVolume asked =
        NewVolume.ofGib(20)
            .named("db")
            .ofType("io2")
            .withIops(5000)
            .tagged(Map.of("team", "storage", "café", ""));
    VolumeRecord made = catalogue.create(asked);
    assertEquals(VolumeState.AVAILABLE, made.state());
    assertEquals(20 * GIB, made.sizeBytes());

    reopen();

    assertEquals(List.of(made), catalogue.list());
    assertEquals(Optional.of(made), catalogue.find("db"));
    assertEquals(made, catalogue.describe(made.id().text()));
    assertEquals(VolumeType.IO2, made.type());
    assertEquals(5000, made.iops().orElseThrow());
    assertEquals(Map.of("team", "storage", "café", ""), made.tags());
  }

  @Test
  void create_volume_isARawSparseFile() throws Exception {
    VolumeRecord made = catalogue.create(NewVolume.ofGib(64));
    Path data = directory.resolve("volumes").resolve(made.id().text()).resolve("data");
    assertEquals(64 * GIB, Files.size(data));
    try (Attachment attachment = catalogue.attach(made.id())) {
      TestBytes.write(attachment.device(), 63 * GIB, TestBytes.pattern(1, 4096));
    }
    try (var file = Files.newByteChannel(data)) {
      file.position(63 * GIB);
      ByteBuffer bytes = ByteBuffer.allocate(4096);
      assertEquals(4096, file.read(bytes));
      assertArrayEquals(TestBytes.pattern(1, 4096), bytes.array());
    }
  }

  @Test
  void create_64TiB_takesNoTimeAndNoSpace() throws Exception {
    long start = System.nanoTime();
    VolumeRecord made = catalogue.create(NewVolume.ofGib(64 * 1024));
    long millis = (System.nanoTime() - start) / 1_000_000;
    assertTrue(millis < 1000, () -> "took ms=" + millis);
    long end = 64L << 40;
    try (Attachment attachment = catalogue.attach(made.id())) {
      assertEquals(end, attachment.device().sizeBytes());
      for (long offset : List.of(0L, (8L << 40) - 512, (40L << 40) + 7, end - 1024)) {
        TestBytes.write(attachment.device(), offset, TestBytes.pattern(offset, 1024));
        assertArrayEquals(
            TestBytes.pattern(offset, 1024), TestBytes.read(attachment.device(), offset, 1024));
      }
      attachment.device().flush();
    }
    long used = spaceOf(directory.resolve("volumes").resolve(made.id().text()));
    assertTrue(used < 2 << 20, () -> "takes bytes=" + used);
  }

  /// The space that the files of a folder take, as `du` tells it.
  private static long spaceOf(Path folder) throws Exception {
    Process du = new ProcessBuilder("du", "-s", "-B1", folder.toString()).start();
    String answer = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return Long.parseLong(answer.split("\\s")[0]);
  }

  @Test
  void list_tenThousandVolumes_isQuick() throws Exception {
    SimulatedMachine machine = SimulatedMachine.create(1);
    for (int i = 0; i < 10_000; i++) {
      VolumeRecord record = VolumeRecordCodecTest.plain("vol-%017x".formatted(i));
      machine
          .disk()
          .folder("volumes")
          .folder(record.id().text())
          .replace("volume.json", VolumeRecordCodec.encode(record));
    }
    try (VolumeCatalogue many = SimulatedNode.open(machine)) {
      long start = System.nanoTime();
      List<VolumeRecord> listed = many.list();
      long millis = (System.nanoTime() - start) / 1_000_000;
      assertEquals(10_000, listed.size());
      assertEquals("vol-%017x".formatted(9_999), listed.getLast().id().text());
      assertTrue(millis < 1000, () -> "took ms=" + millis);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 512, GIB - 512, GIB + 1, GIB + 512, -1, -GIB, 65537 * GIB, 65 << 40})
  void create_badSize_isInvalid(long sizeBytes) {
    var e =
        assertThrows(
            ControlException.Invalid.class, () -> catalogue.create(NewVolume.ofBytes(sizeBytes)));
    assertEquals("InvalidParameterValue", e.code());
    assertEquals(List.of(), catalogue.list());
  }

  @Test
  void create_badRequest_namesTheCode() {
    assertCode("MissingParameter", () -> catalogue.create(NewVolume.ofGib(0)));
    assertCode("InvalidParameterValue", () -> catalogue.create(NewVolume.ofGib(65 * 1024)));
    assertCode("InvalidParameterValue", () -> catalogue.create(NewVolume.ofGib(Long.MAX_VALUE)));
    assertCode("UnknownVolumeType", () -> catalogue.create(NewVolume.ofGib(1).ofType("gp9")));
    for (String name : List.of("", "vol-1", "a/b", "-x", "a b", "ä", "x".repeat(129))) {
      assertCode("InvalidParameterValue", () -> catalogue.create(NewVolume.ofGib(1).named(name)));
    }
    assertCode(
        "InvalidParameterValue",
        () -> catalogue.create(NewVolume.ofGib(1).tagged(Map.of("aws:x", "y"))));
    assertEquals(List.of(), catalogue.list());
  }

  @Test
  void create_nameTaken_isInvalidUntilItsHolderIsDeleted() {
    VolumeRecord first = catalogue.create(NewVolume.ofGib(1).named("db"));
    assertCode("InvalidParameterValue", () -> catalogue.create(NewVolume.ofGib(1).named("db")));
    catalogue.delete(first.id());
    VolumeRecord second = catalogue.create(NewVolume.ofGib(1).named("db"));
    assertEquals(Optional.of(second), catalogue.find("db"));
  }

  @Test
  void describe_unknownOrMalformed_namesTheCode() {
    assertCode("InvalidVolume.NotFound", () -> catalogue.describe("none"));
    assertCode("InvalidVolume.NotFound", () -> catalogue.describe("vol-0123456789abcdef0"));
    assertCode("InvalidVolumeID.Malformed", () -> catalogue.describe("vol-0123"));
    assertEquals(Optional.empty(), catalogue.find("vol-0123"));
    assertEquals(Optional.empty(), catalogue.find("none"));
  }

  @Test
  void attach_severalTimes_sharesOneDeviceUntilTheLastIsClosed() throws Exception {
    VolumeId id = catalogue.create(NewVolume.ofGib(1)).id();
    Attachment first = catalogue.attach(id);
    Attachment second = catalogue.attach(id);
    assertEquals(VolumeState.IN_USE, catalogue.describe(id.text()).state());
    assertEquals(1, first.volume().generation());
    assertTrue(first.volume().openBoot().isPresent());

    TestBytes.write(first.device(), 0, TestBytes.pattern(1, 4096));
    assertArrayEquals(TestBytes.pattern(1, 4096), TestBytes.read(second.device(), 0, 4096));
    assertCode("VolumeInUse", () -> catalogue.delete(id));

    first.close();
    first.close();
    assertEquals(VolumeState.IN_USE, catalogue.describe(id.text()).state());
    assertArrayEquals(TestBytes.pattern(1, 4096), TestBytes.read(second.device(), 0, 4096));
    second.device().close();
    assertEquals(VolumeState.AVAILABLE, catalogue.describe(id.text()).state());
    assertEquals(Optional.empty(), catalogue.describe(id.text()).openBoot());

    try (Attachment third = catalogue.attach(id)) {
      assertEquals(2, third.volume().generation());
      assertArrayEquals(TestBytes.pattern(1, 4096), TestBytes.read(third.device(), 0, 4096));
    }
  }

  @Test
  void device_ofAClosedAttachment_isDetachedWhileOthersWork() throws Exception {
    VolumeId id = catalogue.create(NewVolume.ofGib(1)).id();
    try (Attachment stays = catalogue.attach(id)) {
      Attachment goes = catalogue.attach(id);
      BlockDevice device = goes.device();
      BlockDevice admitted = device.admitted();
      goes.close();
      MemorySegment buffer = TestBytes.buffer(true, 512, 0);
      for (BlockDevice each : List.of(device, admitted)) {
        detached(() -> each.read(0, buffer, 0, 512));
        detached(() -> each.tryRead(0, buffer, 0, 512));
        detached(() -> each.write(0, buffer, 0, 512, Durability.CACHED));
        detached(() -> each.tryWrite(0, buffer, 0, 512));
        detached(() -> each.zero(0, 512, ZeroMode.PUNCH, Durability.CACHED));
        detached(() -> each.trim(0, 512, Durability.CACHED));
        detached(() -> each.extents(0, 512, 1));
        detached(() -> each.prefetch(0, 512));
        detached(each::flush);
      }
      stays.device().flush();
    }
  }

  @Test
  void resize_attached_growsUnderTheClient() throws Exception {
    VolumeId id = catalogue.create(NewVolume.ofGib(1)).id();
    try (Attachment attachment = catalogue.attach(id)) {
      BlockDevice device = attachment.device();
      assertEquals(GIB, device.sizeBytes());
      assertEquals(3 * GIB, catalogue.modify(id, ModifyRequest.none().withSize(3)).sizeBytes());
      assertEquals(3 * GIB, device.sizeBytes());
      TestBytes.write(device, 3 * GIB - 512, TestBytes.pattern(1, 512));
    }
    catalogue.modify(id, ModifyRequest.none().withSize(4));
    reopen();
    assertEquals(4 * GIB, catalogue.describe(id.text()).sizeBytes());
    try (Attachment attachment = catalogue.attach(id)) {
      assertEquals(4 * GIB, attachment.device().sizeBytes());
      assertArrayEquals(
          TestBytes.pattern(1, 512), TestBytes.read(attachment.device(), 3 * GIB - 512, 512));
      assertArrayEquals(new byte[512], TestBytes.read(attachment.device(), 4 * GIB - 512, 512));
    }
  }

  @Test
  void resize_badSize_changesNothing() {
    VolumeId id = catalogue.create(NewVolume.ofGib(2)).id();
    assertCode(
        "InvalidParameterValue", () -> catalogue.modify(id, ModifyRequest.none().withSize(1)));
    assertCode(
        "InvalidParameterValue",
        () -> catalogue.modify(id, ModifyRequest.none().withSize(65 << 10)));
    assertCode("InvalidParameterValue", () -> catalogue.modify(id, ModifyRequest.none()));
    assertEquals(2 * GIB, catalogue.modify(id, ModifyRequest.none().withSize(2)).sizeBytes());
  }

  @Test
  void delete_available_leavesNothing() throws Exception {
    VolumeRecord made = catalogue.create(NewVolume.ofGib(1).named("db"));
    catalogue.delete(made.id());
    assertEquals(List.of(), catalogue.list());
    assertEquals(Optional.empty(), catalogue.find("db"));
    assertCode("InvalidVolume.NotFound", () -> catalogue.delete(made.id()));
    assertCode("InvalidVolume.NotFound", () -> catalogue.attach(made.id()));
    assertFalse(Files.exists(directory.resolve("volumes").resolve(made.id().text())));
  }

  @Test
  void delete_tellsWhoeverHasTheSnapshots_onceTheVolumeIsGone() throws Exception {
    catalogue.close();
    FakeOrigins origins = new FakeOrigins();
    catalogue = VolumeCatalogue.open(directory, CatalogueSettings.standard().with(origins));
    VolumeRecord made =
        catalogue.create(
            NewVolume.ofGib(1)
                .madeFrom(new NewVolume.Source("snap-1", false, OptionalInt.empty())));
    try (Attachment _ = catalogue.attach(made.id())) {
      assertCode("VolumeInUse", () -> catalogue.delete(made.id()));
      assertEquals(List.of(), origins.deleted);
    }
    catalogue.delete(made.id());
    assertEquals(List.of(made.id()), origins.deleted.stream().map(VolumeRecord::id).toList());
    assertEquals(Optional.of("snap-1"), origins.deleted.getFirst().originSnapshot());
  }

  @Test
  void close_whileAttached_flushesAndDetaches() throws Exception {
    VolumeId id = catalogue.create(NewVolume.ofGib(1)).id();
    BlockDevice device = catalogue.attach(id).device();
    TestBytes.write(device, 0, TestBytes.pattern(1, 4096));
    catalogue.close();
    detached(device::flush);
    assertThrows(IllegalStateException.class, () -> catalogue.list());
    assertThrows(IllegalStateException.class, () -> catalogue.create(NewVolume.ofGib(1)));
    open();
    assertEquals(VolumeState.AVAILABLE, catalogue.describe(id.text()).state());
    assertEquals(Optional.empty(), catalogue.describe(id.text()).openBoot());
    try (Attachment attachment = catalogue.attach(id)) {
      assertArrayEquals(TestBytes.pattern(1, 4096), TestBytes.read(attachment.device(), 0, 4096));
    }
  }

  @Test
  void open_twice_namesTheDirectoryAndTheProcess() {
    var e = assertThrows(DirectoryInUseException.class, () -> VolumeCatalogue.open(directory));
    assertTrue(e.getMessage().contains(directory.toString()), e::getMessage);
    assertTrue(e.getMessage().contains("pid=" + ProcessHandle.current().pid()), e::getMessage);
  }

  @Test
  void open_damagedRecord_keepsTheOthersAndTheFile() throws Exception {
    VolumeRecord good = catalogue.create(NewVolume.ofGib(1));
    VolumeRecord bad = catalogue.create(NewVolume.ofGib(1).named("bad"));
    Path folder = directory.resolve("volumes").resolve(bad.id().text());
    byte[] whole = Files.readAllBytes(folder.resolve("volume.json"));
    catalogue.close();
    Files.write(folder.resolve("volume.json"), new byte[] {1, 2, 3});
    open();
    assertEquals(List.of(good), catalogue.list());
    var e =
        assertThrows(ControlException.Conflict.class, () -> catalogue.describe(bad.id().text()));
    assertEquals("IncorrectState", e.code());
    assertTrue(e.getMessage().contains("volume.json"), e::getMessage);
    assertThrows(ControlException.Conflict.class, () -> catalogue.delete(bad.id()));
    assertTrue(Files.exists(folder.resolve("data")));

    catalogue.close();
    Files.delete(folder.resolve("volume.json"));
    open();
    assertEquals(List.of(good), catalogue.list());
    assertTrue(Files.exists(folder.resolve("data")), "data without a record is not ours to delete");

    catalogue.close();
    Files.write(folder.resolve("volume.json"), whole);
    open();
    assertEquals(bad, catalogue.describe("bad"));
  }

  private static void assertCode(String code, Executable action) {
    assertEquals(code, assertThrows(ControlException.class, action).code());
  }

  private static void detached(Executable action) {
    assertThrows(VolumeException.Detached.class, action);
  }
}
