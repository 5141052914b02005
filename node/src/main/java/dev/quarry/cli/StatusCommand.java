package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;

/// Tells whether a node runs.
final class StatusCommand {
  private StatusCommand() {}

  static CommandSpec spec() {
    return new CommandBuilder(
            "status", "Tells whether a node runs, where it listens and what it serves.")
        .asksNode()
        .does(given -> given.show(given.node().get("/v1/status"), StatusCommand::text));
  }

  private static String text(JsonObject status) {
    TextTable table = new TextTable("version", status.text("version").orElse(""));
    table.add("process", Long.toString(status.number("pid").orElse(0L)));
    table.add("up", up(Duration.ofSeconds(status.number("uptimeSeconds").orElse(0L))));
    table.add("data", status.text("data").orElse(""));
    table.add("nbd", status.text("nbd").orElse(""));
    table.add("socket", status.text("socket").orElse(""));
    JsonObject volumes = status.object("volumes").orElseGet(JsonObject::new);
    table.add(
        "volumes",
        "%d (%d in use)"
            .formatted(volumes.number("total").orElse(0L), volumes.number("inUse").orElse(0L)));
    table.add("clients", Integer.toString(status.objects("connections").size()));
    return table.toString();
  }

  private static String up(Duration time) {
    return "%dd %02d:%02d:%02d"
        .formatted(time.toDays(), time.toHoursPart(), time.toMinutesPart(), time.toSecondsPart());
  }
}
