package dev.quarry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "status",
    description = "Tells whether a node runs, where it listens and what it holds.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Runnable {
  @Mixin private NodeOptions node;

  @Override
  public void run() {
    node.show(node.client().get("/v1/status"), StatusCommand::text);
  }

  private static String text(JsonNode status) {
    TextTable table = new TextTable("version", status.path("version").asText());
    table.add("process", status.path("pid").asText());
    table.add("up", up(Duration.ofSeconds(status.path("uptimeSeconds").asLong())));
    table.add("data", status.path("data").asText());
    table.add("nbd", status.path("nbd").asText());
    table.add("socket", status.path("socket").asText());
    table.add("api", status.path("api").asText());
    JsonNode volumes = status.path("volumes");
    table.add(
        "volumes",
        "%d (%d in use)".formatted(volumes.path("total").asInt(), volumes.path("inUse").asInt()));
    return table.toString();
  }

  private static String up(Duration time) {
    return "%dd %02d:%02d:%02d"
        .formatted(time.toDays(), time.toHoursPart(), time.toMinutesPart(), time.toSecondsPart());
  }
}
