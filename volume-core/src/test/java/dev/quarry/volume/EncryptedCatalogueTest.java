package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.TestBytes;
import dev.quarry.crypto.Caller;
import dev.quarry.disk.PosixDisk;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/// Encrypted volumes of a catalogue, with real keys on a real disk.
final class EncryptedCatalogueTest {
  private static final Caller OWNER = Caller.owner();
  private static final int MARKER_BYTES = 16;
  private static final int MARKERS = 10_000;

  @TempDir Path folder;
  private TestKeys keys;
  private VolumeCatalogue catalogue;

  @BeforeEach
  void open() throws Exception {
    keys = TestKeys.create(folder);
    catalogue = VolumeCatalogue.open(folder.resolve("data"), keys.settings());
  }

  @AfterEach
  void close() throws Exception {
    catalogue.close();
    keys.service().close();
  }

  @Test
  void create_encrypted_tellsItsKeyAndKeepsItsDataAcrossRestarts() throws Exception {
    VolumeRecord made = catalogue.create(encrypted());
    assertTrue(made.encryption().orElseThrow().keyArn().endsWith(keys.keyId()));
    write(made.id(), 8192, TestBytes.pattern(1, 4096));

    catalogue.close();
    catalogue = VolumeCatalogue.open(folder.resolve("data"), keys.settings());

    assertEquals(
        List.of(made.encryption()), catalogue.list().stream().map(r -> r.encryption()).toList());
    try (Attachment attachment = catalogue.attach(made.id())) {
      assertArrayEquals(
          TestBytes.pattern(1, 4096), TestBytes.read(attachment.device(), 8192, 4096));
      assertArrayEquals(new byte[4096], TestBytes.read(attachment.device(), 0, 4096));
    }
  }

  @Test
  void write_tenThousandMarkers_noneIsInAnyFile() throws Exception {
    VolumeRecord made = catalogue.create(encrypted());
    Random random = new Random(1);
    Set<ByteBuffer> markers = new HashSet<>();
    try (Attachment attachment = catalogue.attach(made.id())) {
      BlockDevice device = attachment.device();
      for (int i = 0; i < MARKERS; i++) {
        byte[] marker = new byte[MARKER_BYTES];
        random.nextBytes(marker);
        markers.add(ByteBuffer.wrap(marker));
        TestBytes.write(device, i * 1024L + random.nextInt(1000), marker);
      }
      device.flush();
    }
    assertEquals(MARKERS, markers.size());
    assertEquals(0, found(markers), "markers found in the data folder");

    VolumeRecord plain = catalogue.create(NewVolume.ofGib(1));
    write(plain.id(), 4096, markers.iterator().next().array());
    assertEquals(1, found(markers), "the search finds what is there");
  }

  /// How many of the markers are in the files of the data folder, at any offset.
  private int found(Set<ByteBuffer> markers) throws Exception {
    Set<Integer> beginnings = new HashSet<>();
    markers.forEach(marker -> beginnings.add(marker.getInt(0)));
    int found = 0;
    try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        found += foundIn(file, markers, beginnings);
      }
    }
    return found;
  }

  private static int foundIn(Path file, Set<ByteBuffer> markers, Set<Integer> beginnings)
      throws Exception {
    int found = 0;
    byte[] bytes = new byte[MARKERS * 1024 + 8192]; // all that was written to
    int length;
    try (var in = Files.newInputStream(file)) {
      length = in.readNBytes(bytes, 0, bytes.length);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
    for (int at = 0; at + MARKER_BYTES <= length; at++) {
      if (beginnings.contains(buffer.getInt(at))
          && markers.contains(ByteBuffer.wrap(Arrays.copyOfRange(bytes, at, at + MARKER_BYTES)))) {
        found++;
      }
    }
    return found;
  }

  @Test
  void disabledKey_attachmentsGoOn_newOnesFail_untilItIsEnabled() throws Exception {
    VolumeId id = catalogue.create(encrypted()).id();
    try (Attachment running = catalogue.attach(id)) {
      keys.service().disableKey(OWNER, keys.keyId());
      TestBytes.write(running.device(), 0, TestBytes.pattern(1, 4096));
      catalogue.attach(id).close(); // shares the open devices
    }
    assertCode("DisabledException", () -> catalogue.attach(id));
    assertCode("DisabledException", () -> catalogue.create(encrypted()));
    assertEquals(VolumeState.AVAILABLE, catalogue.describe(id.text()).state());
    assertEquals(1, catalogue.list().size(), "nothing is left of a volume without a key");

    keys.service().enableKey(OWNER, keys.keyId());
    try (Attachment again = catalogue.attach(id)) {
      assertArrayEquals(TestBytes.pattern(1, 4096), TestBytes.read(again.device(), 0, 4096));
    }
  }

  @Test
  void keyToBeDeleted_newAttachmentsFail_untilItIsKept() throws Exception {
    VolumeId id = catalogue.create(encrypted()).id();
    keys.service().scheduleKeyDeletion(OWNER, keys.keyId(), 7);
    assertCode("KMSInvalidStateException", () -> catalogue.attach(id));
    keys.service().cancelKeyDeletion(OWNER, keys.keyId());
    assertCode("DisabledException", () -> catalogue.attach(id));
    keys.service().enableKey(OWNER, keys.keyId());
    catalogue.attach(id).close();
  }

  @Test
  void rotatedKey_oldVolumesOpen() throws Exception {
    VolumeId id = catalogue.create(encrypted()).id();
    write(id, 0, TestBytes.pattern(1, 512));
    keys.service().rotateKeyOnDemand(OWNER, keys.keyId());
    VolumeId younger = catalogue.create(encrypted()).id();
    catalogue.attach(younger).close();
    try (Attachment attachment = catalogue.attach(id)) {
      assertArrayEquals(TestBytes.pattern(1, 512), TestBytes.read(attachment.device(), 0, 512));
    }
  }

  /// A wrapped key is bound to its volume's id.
  @Test
  void wrappedKey_ofAnotherVolume_opensNothing() throws Exception {
    VolumeRecord one = catalogue.create(encrypted());
    VolumeRecord other = catalogue.create(encrypted());
    catalogue.close();
    var disk = PosixDisk.open(folder.resolve("data")).folder("volumes");
    new VolumeFolder(disk, one.id()).store(one.encrypted(other.encryption().orElseThrow()));
    catalogue = VolumeCatalogue.open(folder.resolve("data"), keys.settings());
    assertCode("InvalidCiphertextException", () -> catalogue.attach(one.id()));
    catalogue.attach(other.id()).close();
  }

  @Test
  void catalogueWithoutKeys_opensPlainVolumesOnly() throws Exception {
    VolumeId secret = catalogue.create(encrypted()).id();
    VolumeId plain = catalogue.create(NewVolume.ofGib(1)).id();
    catalogue.close();
    catalogue = VolumeCatalogue.open(folder.resolve("data"));
    catalogue.attach(plain).close();
    assertCode("IncorrectState", () -> catalogue.attach(secret));
    assertCode("InvalidParameterValue", () -> catalogue.create(encrypted()));
    assertEquals(2, catalogue.list().size());
  }

  @Test
  void create_underAKeyThatIsNot_isRefusedAndLeavesNothing() throws Exception {
    assertCode(
        "NotFoundException",
        () -> catalogue.create(NewVolume.ofGib(1).named("a").encryptedUnder("alias/none")));
    assertEquals(List.of(), catalogue.list());
    try (Stream<Path> left = Files.list(folder.resolve("data/volumes"))) {
      assertEquals(0, left.count());
    }
    catalogue.create(NewVolume.ofGib(1).named("a"));
  }

  @Test
  void record_printed_holdsNoKey() throws Exception {
    VolumeRecord made = catalogue.create(encrypted());
    String wrapped = Arrays.toString(made.encryption().orElseThrow().wrappedDataKey());
    assertFalse(made.toString().contains(wrapped));
  }

  /// A thousand with the flag for long runs.
  @Test
  void attach_manyVolumes_takesSecondsAndUnwrapsEachKeyOnce() throws Exception {
    int count = Boolean.getBoolean("quarry.soak") ? 1000 : 100;
    List<VolumeId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(catalogue.create(encrypted()).id());
    }
    long unwrappedBefore = unwrapped();
    long start = System.nanoTime();
    List<Attachment> attachments = new ArrayList<>();
    for (VolumeId id : ids) {
      attachments.add(catalogue.attach(id));
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    for (VolumeId id : ids) {
      attachments.add(catalogue.attach(id));
    }
    assertEquals(
        count, unwrapped() - unwrappedBefore, "a key is unwrapped once for an open volume");
    System.err.printf("attached %d encrypted volumes in %.2f s%n", count, seconds);
    assertTrue(seconds < count * 0.06, () -> "took seconds=" + seconds);
    for (Attachment attachment : attachments) {
      attachment.close();
    }
  }

  private long unwrapped() {
    return keys.service().auditEntries(0, Integer.MAX_VALUE).stream()
        .filter(entry -> entry.operation().equals("Decrypt"))
        .count();
  }

  private NewVolume encrypted() {
    return NewVolume.ofGib(1).encryptedUnder(keys.keyId());
  }

  private void write(VolumeId id, long offset, byte[] bytes) throws Exception {
    try (Attachment attachment = catalogue.attach(id)) {
      TestBytes.write(attachment.device(), offset, bytes);
    }
  }

  private static void assertCode(String code, Executable action) {
    assertEquals(code, assertThrows(ControlException.class, action).code());
  }
}
