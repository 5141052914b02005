package dev.quarry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// Volumes as text for people.
final class VolumeText {
  private VolumeText() {}

  /// One line a volume.
  static String list(JsonNode answer) {
    TextTable table = new TextTable("ID", "NAME", "TYPE", "SIZE", "STATE", "TAGS");
    for (JsonNode volume : answer.path("volumes")) {
      table.add(
          volume.path("id").asText(),
          volume.path("name").asText("-"),
          volume.path("type").asText(),
          size(volume),
          volume.path("state").asText(),
          tags(volume));
    }
    return table.toString();
  }

  /// One line for each thing to know about a volume.
  static String details(JsonNode volume) {
    TextTable table = new TextTable("id", volume.path("id").asText());
    table.add("name", volume.path("name").asText("-"));
    table.add("type", volume.path("type").asText());
    table.add("size", size(volume) + " (" + volume.path("sizeBytes").asLong() + " bytes)");
    table.add("state", volume.path("state").asText());
    table.add("created", volume.path("createdAt").asText());
    table.add("tags", tags(volume));
    for (JsonNode uri : volume.path("uris")) {
      table.add("uri", uri.asText());
    }
    return table.toString();
  }

  private static String size(JsonNode volume) {
    return new ByteSize(volume.path("sizeBytes").asLong()).toString();
  }

  private static String tags(JsonNode volume) {
    List<String> tags = new ArrayList<>();
    volume
        .path("tags")
        .properties()
        .forEach(t -> tags.add(t.getKey() + "=" + t.getValue().asText()));
    return tags.isEmpty() ? "-" : String.join(",", tags);
  }
}
