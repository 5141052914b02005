package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.util.Map;
import java.util.stream.Collectors;

/// Volumes as text for people.
final class VolumeText {
  private static final String NONE = "-";

  private VolumeText() {}

  /// One line a volume.
  static String list(JsonObject answer) {
    TextTable table = new TextTable("ID", "NAME", "TYPE", "SIZE", "STATE", "TAGS");
    for (JsonObject volume : answer.objects("volumes")) {
      table.add(
          text(volume, "id"),
          text(volume, "name"),
          text(volume, "type"),
          size(volume).toString(),
          text(volume, "state"),
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
    table.add("created", text(volume, "createdAt"));
    table.add("tags", tags(volume));
    volume.texts("uris").forEach(uri -> table.add("uri", uri));
    return table.toString();
  }

  private static String text(JsonObject volume, String name) {
    return volume.text(name).orElse(NONE);
  }

  private static ByteSize size(JsonObject volume) {
    return new ByteSize(volume.number("sizeBytes").orElse(0L));
  }

  private static String tags(JsonObject volume) {
    Map<String, String> tags = volume.object("tags").map(JsonObject::texts).orElse(Map.of());
    return tags.isEmpty()
        ? NONE
        : tags.entrySet().stream()
            .map(tag -> tag.getKey() + "=" + tag.getValue())
            .collect(Collectors.joining(","));
  }
}
