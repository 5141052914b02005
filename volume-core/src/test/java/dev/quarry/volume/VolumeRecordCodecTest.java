package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quarry.block.VolumeException;
import dev.quarry.shaping.Modification;
import dev.quarry.shaping.Moment;
import dev.quarry.shaping.Provisioned;
import dev.quarry.shaping.SavedCredits;
import dev.quarry.shaping.VolumeSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

final class VolumeRecordCodecTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final VolumeRecord FULL =
      new VolumeRecord(
          VolumeId.parse("vol-0123456789abcdef0"),
          Optional.of("db-1"),
          new Provisioned.Io2(64_000),
          false,
          64L << 40,
          Map.of("team", "störage \"1\"", "empty", ""),
          Instant.parse("2026-02-03T04:05:06.789Z"),
          new VolumeRecord.Life(
              VolumeState.ERROR,
              17,
              Optional.of("5f1c6c0e-2d52-4d0b-a1ad-1f6ad7f7f1a2"),
              Optional.of("a flush failed: force failed file=data error=EIO")),
          Optional.of(new VolumeRecord.Encryption("arn:cmk-1", new byte[] {0, 1, -1, 127})),
          new VolumeRecord.Snapshots(
              Optional.of("snap-0123456789abcdef0"),
              Optional.empty(),
              Optional.of("snap-0123456789abcdef1")),
          Optional.of(
              new SavedCredits(-3, 90_150, new Moment(1_770_000_000_000L, 17_000_000_001L, "b"))),
          List.of(
              new Modification(
                  new VolumeSpec(20, new Provisioned.Gp3(3_000, 125), false),
                  new VolumeSpec(65_536, new Provisioned.Io2(64_000), false),
                  Modification.State.COMPLETED,
                  100,
                  "",
                  Instant.parse("2026-02-03T05:00:00Z"),
                  Optional.of(Instant.parse("2026-02-03T05:00:01Z"))),
              Modification.begin(
                  new VolumeSpec(65_536, new Provisioned.Io2(64_000), false),
                  new VolumeSpec(65_536, new Provisioned.Gp2(), false),
                  Instant.parse("2026-02-03T06:00:00Z"))));

  static VolumeRecord plain(String id) {
    return plain(id, 1L << 30);
  }

  static VolumeRecord plain(String id, long sizeBytes) {
    return new VolumeRecord(
        VolumeId.parse(id),
        Optional.empty(),
        new Provisioned.Gp3(3_000, 125),
        false,
        sizeBytes,
        Map.of(),
        Instant.EPOCH,
        new VolumeRecord.Life(VolumeState.AVAILABLE, 0, Optional.empty(), Optional.empty()),
        Optional.empty(),
        VolumeRecord.Snapshots.NONE,
        Optional.empty(),
        List.of());
  }

  @Test
  void decode_encoded_isTheSame() throws Exception {
    for (VolumeRecord record : List.of(FULL, plain("vol-00000000000000000"))) {
      assertEquals(record, VolumeRecordCodec.decode(VolumeRecordCodec.encode(record), "f"));
    }
  }

  @Test
  void decode_volumeThatIsBeingHydrated_isTheSame() throws Exception {
    for (OptionalInt mibps : List.of(OptionalInt.empty(), OptionalInt.of(300))) {
      NewVolume asked =
          NewVolume.ofGib(1).madeFrom(new NewVolume.Source("snap-0123456789abcdef0", true, mibps));
      VolumeRecord record =
          VolumeRecord.creating(
              VolumeId.parse("vol-0123456789abcdef0"),
              asked,
              new Provisioned.Gp3(3_000, 125),
              Instant.EPOCH);
      VolumeRecord decoded = VolumeRecordCodec.decode(VolumeRecordCodec.encode(record), "f");
      assertEquals(record, decoded);
      assertEquals(Optional.of(new VolumeRecord.Hydration(mibps)), decoded.hydration());
      assertEquals(Optional.empty(), decoded.hydrated().hydration());
    }
  }

  /// The file was written by version 1 and is read for ever.
  @Test
  void goldenFile_version1_isReadAndWrittenAsItIs() throws Exception {
    byte[] golden;
    try (var in = VolumeRecordCodecTest.class.getResourceAsStream("volume-record-1.json")) {
      golden = in.readAllBytes();
    }
    assertEquals(FULL, VolumeRecordCodec.decode(golden, "golden"));
    assertArrayEquals(golden, VolumeRecordCodec.encode(FULL));
  }

  @Test
  void decode_anyByteChanged_isCorruptAndNamesTheFile() {
    byte[] whole = VolumeRecordCodec.encode(FULL);
    for (int at = 0; at < whole.length; at++) {
      for (int bit : new int[] {1, 0x20, 0x80}) {
        byte[] damaged = whole.clone();
        damaged[at] ^= (byte) bit;
        assertCorrupt(damaged, "bytes at " + at);
      }
    }
  }

  @Test
  void decode_cutOffOrLonger_isCorrupt() {
    byte[] whole = VolumeRecordCodec.encode(FULL);
    for (int length = 0; length < whole.length; length++) {
      assertCorrupt(Arrays.copyOf(whole, length), "length " + length);
    }
    assertCorrupt(Arrays.copyOf(whole, whole.length + 1), "one more");
    byte[] twice = Arrays.copyOf(whole, 2 * whole.length);
    System.arraycopy(whole, 0, twice, whole.length, whole.length);
    assertCorrupt(twice, "twice");
  }

  @Test
  void decode_memberWithoutNeed_mayBeMissing_othersMayNot() throws Exception {
    List<String> optional =
        List.of("name", "openBoot", "encryption", "originSnapshot", "parentSnapshot", "credits");
    for (String name : names(tree())) {
      ObjectNode tree = tree();
      tree.remove(name);
      if (optional.contains(name)) {
        VolumeRecordCodec.decode(signed(tree), "f");
      } else {
        assertCorrupt(signed(tree), "without " + name);
      }
    }
  }

  @Test
  void decode_memberOfAnotherKind_isCorrupt() throws Exception {
    for (String name : names(tree())) {
      for (JsonNode bad : List.of(JSON.nullNode(), JSON.readTree("[1]"), JSON.readTree("true"))) {
        ObjectNode tree = tree();
        tree.set(name, bad);
        assertCorrupt(signed(tree), name + " as " + bad);
      }
      ObjectNode tree = tree();
      tree.set(name, tree.get(name).isTextual() ? JSON.readTree("1") : JSON.readTree("\"x\""));
      assertCorrupt(signed(tree), name + " of another kind");
    }
  }

  @Test
  void decode_impossibleValues_areCorrupt() throws Exception {
    for (String change :
        List.of(
            "{\"format\":\"quarry-volume/2\"}",
            "{\"format\":\"\"}",
            "{\"id\":\"vol-1\"}",
            "{\"state\":\"in-use\"}",
            "{\"state\":\"deleted\"}",
            "{\"state\":\"available\"}", // with an error's reason
            "{\"sizeBytes\":0}",
            "{\"sizeBytes\":-512}",
            "{\"sizeBytes\":513}",
            "{\"sizeBytes\":1.5}",
            "{\"sizeBytes\":9223372036854775808}",
            "{\"iops\":-1}",
            "{\"iops\":2147483648}",
            "{\"createdAt\":\"yesterday\"}",
            "{\"generation\":-1}",
            "{\"tags\":{\"aws:x\":\"\"}}",
            "{\"tags\":{\"x\":1}}",
            "{\"encryption\":{\"keyArn\":\"k\",\"wrappedDataKey\":\"!\"}}",
            "{\"encryption\":{\"keyArn\":\"k\"}}",
            "{\"encryption\":{\"keyArn\":\"k\",\"wrappedDataKey\":\"\",\"x\":1}}",
            "{\"type\":\"io3\"}",
            "{\"type\":\"IO2\"}",
            "{\"type\":\"gp2\"}", // with IOPS
            "{\"throughputMibps\":1000}",
            "{\"credits\":{\"left\":1}}",
            "{\"credits\":{\"left\":1,\"reserve\":-1,\"wallMillis\":1,\"uptimeNanos\":1,\"boot\":\"\"}}",
            "{\"modifications\":[{}]}",
            "{\"modifications\":[1]}",
            "{\"hydration\":{\"mibps\":-1}}",
            "{\"hydration\":{\"x\":1}}",
            "{\"unknown\":1}")) {
      ObjectNode tree = tree();
      tree.setAll((ObjectNode) JSON.readTree(change));
      assertCorrupt(signed(tree), change);
    }
  }

  @Test
  void decode_notOneObject_isCorrupt() throws Exception {
    String object = JSON.writeValueAsString(tree());
    for (String text : List.of("", "[]", "1", "{", object + object, "{\"a\":1,\"a\":1}")) {
      assertCorrupt(signed(text), text);
    }
    assertCorrupt(signed(object.replace("\"id\"", "\"id\":\"x\",\"id\"")), "a member twice");
  }

  @Test
  void encode_inUse_isRefused() {
    VolumeRecord inUse = plain("vol-00000000000000000").withState(VolumeState.IN_USE);
    assertThrows(IllegalArgumentException.class, () -> VolumeRecordCodec.encode(inUse));
  }

  @Test
  void encryption_printed_hidesTheKey() {
    assertFalse(FULL.toString().contains("127"), FULL::toString);
  }

  private static void assertCorrupt(byte[] bytes, String what) {
    var e =
        assertThrows(
            VolumeException.Corrupt.class,
            () -> VolumeRecordCodec.decode(bytes, "dir/volume.json"),
            what);
    assertTrue(e.getMessage().contains("file=dir/volume.json"), e::getMessage);
  }

  private static ObjectNode tree() throws IOException {
    String text = new String(VolumeRecordCodec.encode(FULL), StandardCharsets.UTF_8);
    return (ObjectNode) JSON.readTree(text.substring(0, text.lastIndexOf("crc32c=")));
  }

  private static List<String> names(ObjectNode tree) {
    return tree.properties().stream().map(Map.Entry::getKey).toList();
  }

  private static byte[] signed(JsonNode tree) throws IOException {
    return signed(JSON.writeValueAsString(tree));
  }

  private static byte[] signed(String json) {
    String body = json + "\n";
    CRC32C sum = new CRC32C();
    sum.update(body.getBytes(StandardCharsets.UTF_8));
    return (body + "crc32c=%08x\n".formatted(sum.getValue())).getBytes(StandardCharsets.UTF_8);
  }
}
