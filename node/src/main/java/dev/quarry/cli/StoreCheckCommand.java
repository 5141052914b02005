package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// Looks for damage in the store.
final class StoreCheckCommand {
  private static final String READ_DATA = "--read-data";
  private static final String REPAIR_FROM = "--repair-from";

  private StoreCheckCommand() {}

  static CommandSpec spec() {
    return new CommandBuilder(
            "check",
            "Looks whether all that snapshots need is in the store, and is what was written. Reads"
                + " logs, roots and manifests; packs are looked for and not read. What was removed"
                + " or put back in the store is noticed by what this node remembers of it. Ends"
                + " with 1 if something is wrong.")
        .optionOrFlag(
            READ_DATA,
            "PART",
            "100%",
            "Read packs as well: all of them, or a part that is drawn anew each time, such as 10%%"
                + " or 50GiB.")
        .option(
            REPAIR_FROM,
            "STORE",
            "Put back what is missing or rotten from a replica of the store, with the same objects"
                + " under the same names: a folder, or s3://BUCKET[/PREFIX] on the S3 server of the"
                + " node's own store. Each object is verified before; none is overwritten.")
        .asksNode()
        .examples(
            "quarry store check",
            "quarry store check --read-data=5%%       each day: all of it is read in weeks",
            "quarry store check --read-data --repair-from /mnt/replica",
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
          "put back what is named with --repair-from, or delete the snapshots that cannot be"
              + " restored and make new ones");
    }
  }

  private static JsonObject asked(Invocation given) {
    JsonObject asked = new JsonObject();
    given
        .text(REPAIR_FROM)
        .map(from -> from.startsWith("s3://") ? from : Path.of(from).toAbsolutePath().toString())
        .ifPresent(from -> asked.put("repairFrom", from));
    Optional<String> part = given.text(READ_DATA);
    if (part.isEmpty()) {
      return asked;
    }
    try {
      return part.get().endsWith("%")
          ? asked.put("readPercent", Long.parseLong(part.get().replace("%", "").strip()))
          : asked.put("readBytes", ByteSize.parse(part.get()).bytes());
    } catch (IllegalArgumentException e) {
      throw given.wrongUsage(READ_DATA + " takes a part such as 10% or 50GiB");
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
    check.texts("repaired").forEach(object -> text.append("put back  " + object + "\n"));
    TextTable table = new TextTable("volumes", String.valueOf(check.number("lineages").orElse(0L)));
    table.add("packs", String.valueOf(check.number("packs").orElse(0L)));
    table.add("read", new ByteSize(check.number("readBytes").orElse(0L)).toString());
    table.add("intact snapshots", String.valueOf(check.texts("intactSnapshots").size()));
    table.add("damaged snapshots", String.join(" ", check.texts("damagedSnapshots")));
    return text.append(table).toString();
  }
}
