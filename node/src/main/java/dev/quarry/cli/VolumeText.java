package dev.quarry.cli;

import static dev.quarry.cli.JsonText.number;
import static dev.quarry.cli.JsonText.tags;
import static dev.quarry.cli.JsonText.text;

import dev.quarry.node.JsonObject;
import java.util.Locale;
import java.util.Optional;

/// Volumes as text for people.
final class VolumeText {
  private VolumeText() {}

  /// One line a volume.
  static String list(JsonObject answer) {
    TextTable table = new TextTable("ID", "NAME", "TYPE", "SIZE", "STATE", "LOCAL", "TAGS");
    for (JsonObject volume : answer.objects("volumes")) {
      table.add(
          text(volume, "id"),
          text(volume, "name"),
          text(volume, "type"),
          size(volume).toString(),
          text(volume, "state"),
          local(volume),
          tags(volume));
    }
    return table.toString();
  }

  /// One line for each thing to know about a volume.
  static String details(JsonObject volume) {
    TextTable table = new TextTable("id", text(volume, "id"));
    table.add("name", text(volume, "name"));
    table.add("type", text(volume, "type"));
    table.add("size", size(volume) + " (" + size(volume).bytes() + " bytes)");
    table.add("state", text(volume, "state"));
    volume.text("stateReason").ifPresent(reason -> table.add("reason", reason));
    volume
        .truth("multiAttachEnabled")
        .filter(shared -> shared)
        .ifPresent(_ -> table.add("clients", "up to 16"));
    table.add("encrypted", volume.text("kmsKeyId").map(key -> "under " + key).orElse("no"));
    volume.text("snapshotId").ifPresent(id -> table.add("made from", id));
    volume
        .object("initialization")
        .ifPresent(initialization -> table.add("local", initialization(initialization)));
    volume.object("performance").ifPresent(p -> PerformanceText.add(table, p));
    volume
        .object("modification")
        .ifPresent(modification -> table.add("modification", modification(modification)));
    table.add("created", text(volume, "createdAt"));
    table.add("tags", tags(volume));
    volume.texts("uris").forEach(uri -> table.add("uri", uri));
    return table.toString();
  }

  /// How much of it is on the node's own disk.
  private static String local(JsonObject volume) {
    Optional<JsonObject> initialization =
        volume
            .object("initialization")
            .filter(i -> !i.text("state").equals(Optional.of("completed")));
    return initialization
        .map(i -> i.object("transfer").flatMap(t -> t.number("percent")).orElse(0L) + "%")
        .orElse("100%");
  }

  private static String initialization(JsonObject initialization) {
    return switch (initialization.text("state").orElse("")) {
      case "completed" -> "100 %";
      case "failed" -> "the snapshot is damaged; the node's log says where";
      default ->
          initialization
              .object("transfer")
              .map(SnapshotText::transfer)
              .orElse("0 %, its snapshot is being looked up");
    };
  }

  private static String modification(JsonObject modification) {
    return "%s, %s to %s"
        .formatted(
            text(modification, "modificationState"),
            spec(modification, "original"),
            spec(modification, "target"));
  }

  private static String spec(JsonObject modification, String which) {
    JsonObject spec = modification.object(which).orElseGet(JsonObject::new);
    String figures =
        spec.number("iops")
            .map(iops -> String.format(Locale.ROOT, " of %,d IOPS", iops))
            .orElse("");
    return String.format(
        Locale.ROOT, "%s %,d GiB%s", text(spec, "type"), number(spec, "sizeGib"), figures);
  }

  private static ByteSize size(JsonObject volume) {
    return new ByteSize(number(volume, "sizeBytes"));
  }
}
