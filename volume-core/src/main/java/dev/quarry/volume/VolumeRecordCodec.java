package dev.quarry.volume;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quarry.block.VolumeException;
import dev.quarry.shaping.Modification;
import dev.quarry.shaping.Moment;
import dev.quarry.shaping.Provisioned;
import dev.quarry.shaping.SavedCredits;
import dev.quarry.shaping.VolumeSpec;
import dev.quarry.shaping.VolumeType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Volume records as bytes, version 1:
///
/// ```
/// { "format": "quarry-volume/1", …one member for each component of the record… }
/// crc32c=89abcdef
/// ```
///
/// The object is UTF-8 JSON, indented for people. Absent optionals and `false` have no member;
/// times are ISO 8601, the wrapped key is Base64. The last line holds the CRC-32C (RFC 3720,
/// appendix B.4) of all bytes before it, in hex. Anything else is refused: unknown versions,
/// unknown members, missing ones, a wrong checksum, bytes after the end.
final class VolumeRecordCodec {
  static final String FORMAT = "quarry-volume/1";

  private static final String MULTI_ATTACH = "multiAttach";
  private static final String SUM_PREFIX = "crc32c=";
  private static final int SUM_LINE_BYTES = SUM_PREFIX.length() + 8 + 1;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final ObjectWriter PRETTY = JSON.writerWithDefaultPrettyPrinter();

  private VolumeRecordCodec() {}

  /// The bytes of a record.
  static byte[] encode(VolumeRecord record) {
    if (record.state() == VolumeState.IN_USE) {
      throw new IllegalArgumentException("in-use is not stored volume=" + record.id());
    }
    byte[] body = (json(record) + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] line = sumLine(body);
    byte[] bytes = Arrays.copyOf(body, body.length + line.length);
    System.arraycopy(line, 0, bytes, body.length, line.length);
    return bytes;
  }

  /// The record in some bytes.
  ///
  /// @param file names where they are from, for the error
  /// @throws VolumeException.Corrupt if they are not what [#encode] makes
  static VolumeRecord decode(byte[] bytes, String file) throws VolumeException.Corrupt {
    byte[] body = checkedBody(bytes, file);
    try {
      return record(new RecordFields(JSON.readTree(body)));
    } catch (JsonProcessingException e) {
      throw corrupt("volume record is not JSON", e.getOriginalMessage(), file, e);
    } catch (IOException e) {
      throw corrupt("volume record cannot be read", e.getMessage(), file, e);
    } catch (IllegalArgumentException | ControlException e) {
      throw corrupt("volume record has a bad member", e.getMessage(), file, e);
    }
  }

  private static String json(VolumeRecord record) {
    ObjectNode json = JSON.createObjectNode();
    json.put("format", FORMAT);
    json.put("id", record.id().text());
    record.name().ifPresent(name -> json.put("name", name));
    json.put("state", record.state().apiName());
    record.errorReason().ifPresent(reason -> json.put("errorReason", reason));
    putProvisioned(json, record.provisioned());
    putMultiAttach(json, record.multiAttach());
    json.put("sizeBytes", record.sizeBytes());
    json.put("createdAt", record.createdAt().toString());
    json.put("generation", record.generation());
    record.openBoot().ifPresent(boot -> json.put("openBoot", boot));
    ObjectNode tags = json.putObject("tags");
    record.tags().forEach(tags::put);
    record.originSnapshot().ifPresent(id -> json.put("originSnapshot", id));
    record.hydration().ifPresent(hydration -> put(json.putObject("hydration"), hydration));
    record.parentSnapshot().ifPresent(id -> json.put("parentSnapshot", id));
    record
        .encryption()
        .ifPresent(encryption ->
            json.putObject("encryption")
                .put("keyArn", encryption.keyArn())
                .put("wrappedDataKey", encryption.wrappedDataKey()));
    record.credits().ifPresent(credits -> put(json.putObject("credits"), credits));
    ArrayNode modifications = json.putArray("modifications");
    record.modifications().forEach(m -> put(modifications.addObject(), m));
    try {
      return PRETTY.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError("a tree of text and numbers is always JSON", e);
    }
  }

  private static void putProvisioned(ObjectNode json, Provisioned provisioned) {
    json.put("type", provisioned.type().apiName());
    provisioned.iops().ifPresent(iops -> json.put("iops", iops));
    provisioned.throughputMibps().ifPresent(mibps -> json.put("throughputMibps", mibps));
  }

  private static void putMultiAttach(ObjectNode json, boolean multiAttach) {
    if (multiAttach) {
      json.put(MULTI_ATTACH, true);
    }
  }

  private static void put(ObjectNode json, VolumeRecord.Hydration hydration) {
    hydration.mibps().ifPresent(mibps -> json.put("mibps", mibps));
  }

  private static void put(ObjectNode json, SavedCredits credits) {
    json.put("left", credits.credits());
    json.put("reserve", credits.reserve());
    json.put("wallMillis", credits.savedAt().wallMillis());
    json.put("uptimeNanos", credits.savedAt().uptimeNanos());
    json.put("boot", credits.savedAt().bootId());
  }

  private static void put(ObjectNode json, Modification modification) {
    put(json.putObject("original"), modification.original());
    put(json.putObject("target"), modification.target());
    json.put("state", modification.state().apiName());
    json.put("progress", modification.progress());
    json.put("statusMessage", modification.statusMessage());
    json.put("start", modification.start().toString());
    modification.end().ifPresent(end -> json.put("end", end.toString()));
  }

  private static void put(ObjectNode json, VolumeSpec spec) {
    json.put("sizeGib", spec.sizeGib());
    putProvisioned(json, spec.provisioned());
    putMultiAttach(json, spec.multiAttach());
  }

  private static VolumeRecord record(RecordFields fields) {
    String format = fields.text("format");
    if (!format.equals(FORMAT)) {
      throw new IllegalArgumentException("unknown format=" + format + " expected=" + FORMAT);
    }
    VolumeRecord record =
        new VolumeRecord(
            VolumeId.parse(fields.text("id")),
            fields.optionalText("name"),
            provisioned(fields),
            fields.flag(MULTI_ATTACH),
            fields.number("sizeBytes"),
            fields.texts("tags"),
            fields.instant("createdAt"),
            new VolumeRecord.Life(
                state(fields.text("state")),
                fields.number("generation"),
                fields.optionalText("openBoot"),
                fields.optionalText("errorReason")),
            fields.optionalObject("encryption").map(VolumeRecordCodec::encryption),
            new VolumeRecord.Snapshots(
                fields.optionalText("originSnapshot"),
                fields.optionalObject("hydration").map(VolumeRecordCodec::hydration),
                fields.optionalText("parentSnapshot")),
            fields.optionalObject("credits").map(VolumeRecordCodec::credits),
            fields.objects("modifications").stream().map(VolumeRecordCodec::modification).toList());
    fields.checkNoMore();
    return record;
  }

  private static VolumeRecord.Hydration hydration(RecordFields fields) {
    var hydration = new VolumeRecord.Hydration(fields.optionalInt("mibps"));
    fields.checkNoMore();
    return hydration;
  }

  private static VolumeRecord.Encryption encryption(RecordFields fields) {
    var encryption =
        new VolumeRecord.Encryption(fields.text("keyArn"), fields.bytes("wrappedDataKey"));
    fields.checkNoMore();
    return encryption;
  }

  private static Provisioned provisioned(RecordFields fields) {
    return Provisioned.of(
        type(fields.text("type")),
        fields.optionalInt("iops"),
        fields.optionalInt("throughputMibps"));
  }

  private static VolumeType type(String apiName) {
    for (VolumeType type : VolumeType.values()) {
      if (type.apiName().equals(apiName)) {
        return type;
      }
    }
    throw new IllegalArgumentException("unknown type=" + apiName);
  }

  private static SavedCredits credits(RecordFields fields) {
    Moment savedAt =
        new Moment(fields.number("wallMillis"), fields.number("uptimeNanos"), fields.text("boot"));
    var credits = new SavedCredits(fields.number("left"), fields.number("reserve"), savedAt);
    fields.checkNoMore();
    return credits;
  }

  private static Modification modification(RecordFields fields) {
    var modification =
        new Modification(
            spec(fields.object("original")),
            spec(fields.object("target")),
            modificationState(fields.text("state")),
            fields.smallNumber("progress"),
            fields.text("statusMessage"),
            fields.instant("start"),
            fields.optionalText("end").isPresent()
                ? Optional.of(fields.instant("end"))
                : Optional.empty());
    fields.checkNoMore();
    return modification;
  }

  private static VolumeSpec spec(RecordFields fields) {
    var spec =
        new VolumeSpec(
            fields.smallNumber("sizeGib"), provisioned(fields), fields.flag(MULTI_ATTACH));
    fields.checkNoMore();
    return spec;
  }

  private static Modification.State modificationState(String apiName) {
    for (Modification.State state : Modification.State.values()) {
      if (state.apiName().equals(apiName)) {
        return state;
      }
    }
    throw new IllegalArgumentException("unknown modification state=" + apiName);
  }

  private static VolumeState state(String apiName) {
    for (VolumeState state : VolumeState.values()) {
      if (state.apiName().equals(apiName) && state != VolumeState.IN_USE) {
        return state;
      }
    }
    throw new IllegalArgumentException("unknown state=" + apiName);
  }

  private static byte[] checkedBody(byte[] bytes, String file) throws VolumeException.Corrupt {
    int end = bytes.length - SUM_LINE_BYTES;
    if (end < 0) {
      throw corrupt("volume record is cut off", "length=" + bytes.length, file, null);
    }
    byte[] body = Arrays.copyOf(bytes, end);
    byte[] expected = sumLine(body);
    byte[] actual = Arrays.copyOfRange(bytes, end, bytes.length);
    if (!Arrays.equals(expected, actual)) {
      throw corrupt(
          "volume record has a bad checksum",
          "expected=" + new String(expected, StandardCharsets.US_ASCII).strip(),
          file,
          null);
    }
    return body;
  }

  private static byte[] sumLine(byte[] body) {
    CRC32C sum = new CRC32C();
    sum.update(body);
    return "%s%08x\n".formatted(SUM_PREFIX, sum.getValue()).getBytes(StandardCharsets.US_ASCII);
  }

  private static VolumeException.Corrupt corrupt(
      String fact, String detail, String file, Throwable cause) {
    return new VolumeException.Corrupt("%s file=%s %s".formatted(fact, file, detail), cause);
  }
}
