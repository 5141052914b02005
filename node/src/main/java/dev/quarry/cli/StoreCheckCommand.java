package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// Looks for damage in the store.
final class StoreCheckCommand {
  private static final String READ_DATA = "--read-data";
  private static final String READ_PART = "--read-part";

  private StoreCheckCommand() {}

  static CommandSpec spec() {
    return new CommandBuilder(
            "check",
            "Looks whether all that snapshots need is in the store, and is what was written. Reads"
                + " logs, roots and manifests; packs are looked for and not read. What was removed"
                + " or put back in the store is noticed by what this node remembers of it. Ends"
                + " with 1 if something is wrong; changes nothing.")
        .flag(READ_DATA, "Read all packs as well.")
        .option(READ_PART, "PART", "Read a part of the packs, drawn anew each time: 10%%, or 50GiB.")
        .asksNode()
        .examples(
            "quarry store check",
            "quarry store check --read-part 5%%       each day: all of it is read in weeks",
            "quarry store check --read-data --output json | jq '.damages'")
        .does(StoreCheckCommand::run);
  }

  private static void run(Invocation given) throws InterruptedException {
    NodeClient node = given.node();
    String id = node.post("/v1/store/checks", asked(given)).text("id").orElseThrow();
    JsonObject ended;
    try (ProgressLine line = ProgressLine.on(given.commandLine().getErr())) {
      ended =
          line.follow(
              node, NodeClient.path("/v1/store/checks/", id), "running", StoreCheckCommand::stage);
    }
    if (!ended.text("state").equals(Optional.of("completed"))) {
      throw new CliException(
          "the store was not checked: " + ended.text("statusMessage").orElse(""),
          "see to the cause and check it again");
    }
    given.show(ended, StoreCheckCommand::report);
    if (!ended.objects("damages").isEmpty()) {
      throw new CliException(
          "the store is damaged",
          "restore the objects that are named from another place, or delete the snapshots that"
              + " cannot be restored and make new ones");
    }
  }

  private static JsonObject asked(Invocation given) {
    JsonObject asked = new JsonObject();
    Optional<String> part = given.text(READ_PART);
    if (given.flag(READ_DATA)) {
      if (part.isPresent()) {
        throw given.wrongUsage(READ_DATA + " and " + READ_PART + " exclude each other");
      }
      return asked.put("readPercent", 100);
    }
    if (part.isEmpty()) {
      return asked;
    }
    try {
      return part.get().endsWith("%")
          ? asked.put("readPercent", Long.parseLong(part.get().replace("%", "").strip()))
          : asked.put("readBytes", ByteSize.parse(part.get()).bytes());
    } catch (IllegalArgumentException e) {
      throw given.wrongUsage(READ_PART + " takes a part such as 10% or 50GiB");
    }
  }

  private static String stage(JsonObject check) {
    return "%d of %d volumes checked, %d damages"
        .formatted(
            check.number("lineagesDone").orElse(0L),
            check.number("lineages").orElse(0L),
            check.number("damageCount").orElse(0L));
  }

  private static String report(JsonObject check) {
    StringBuilder text = new StringBuilder();
    for (JsonObject damage : check.objects("damages")) {
      List<String> snapshots = damage.texts("snapshots");
      text.append(
          "damaged  %s%n  %s%n  hurts %s%n"
              .formatted(
                  damage.text("object").orElse(""),
                  damage.text("reason").orElse(""),
                  snapshots.isEmpty() ? "no snapshot by itself" : String.join(" ", snapshots)));
    }
    TextTable table = new TextTable("volumes", String.valueOf(check.number("lineages").orElse(0L)));
    table.add("packs", String.valueOf(check.number("packs").orElse(0L)));
    table.add("read", new ByteSize(check.number("readBytes").orElse(0L)).toString());
    table.add("intact snapshots", String.valueOf(check.texts("intactSnapshots").size()));
    table.add("damaged snapshots", String.join(" ", check.texts("damagedSnapshots")));
    return text.append(table).toString();
  }
}
