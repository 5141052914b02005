package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// The commands that delete, keep and lock snapshots.
final class RetentionCommands {
  private static final String DRY_RUN = "--dry-run";
  private static final String RETAIN = "--retain";
  private static final String MODE = "--mode";
  private static final String DAYS = "--days";
  private static final String UNTIL = "--until";
  private static final String COOL_OFF = "--cool-off";

  private RetentionCommands() {}

  static CommandSpec delete() {
    return new CommandBuilder(
            "delete",
            "Deletes a snapshot. Others stay as they are, whichever is deleted; what it alone had"
                + " is removed from the store in the background.")
        .argument("SNAPSHOT", "Its id.")
        .flag(DRY_RUN, "Delete nothing; tell how many bytes of the store it would free.")
        .option(
            RETAIN,
            "DAYS",
            "Keep it in the recycle bin for 1 to 365 days; until then it can be had back.",
            Integer.class,
            text -> wholeNumber(text, 365))
        .asksNode()
        .examples(
            "quarry snapshot delete snap-0123456789abcdef0 --dry-run",
            "quarry snapshot delete snap-0123456789abcdef0 --retain 7")
        .does(RetentionCommands::delete);
  }

  private static void delete(Invocation given) {
    String path = NodeClient.snapshotPath(given.argument());
    if (given.flag(DRY_RUN)) {
      given.show(given.node().get(path + "/deletion"), RetentionCommands::preview);
      return;
    }
    Optional<Integer> days = given.optional(RETAIN);
    String query = days.map(keep -> "?retainDays=" + keep).orElse("");
    JsonObject snapshot = given.node().delete(path + query);
    given.show(
        snapshot,
        s ->
            days.isPresent()
                ? "%s is in the recycle bin for %d days\n".formatted(id(s), days.get())
                : id(s) + " is deleted\n");
  }

  private static String preview(JsonObject answer) {
    return "deleting %s would free %d bytes\n"
        .formatted(id(answer), JsonText.number(answer, "wouldFreeBytes"));
  }

  private static String id(JsonObject answer) {
    return JsonText.text(answer, "id");
  }

  static CommandSpec bin() {
    return new CommandBuilder("recycle-bin", "Lists the snapshots in the recycle bin.")
        .asksNode()
        .examples("quarry snapshot recycle-bin")
        .does(given -> given.show(given.node().get("/v1/recycle-bin"), SnapshotText::bin));
  }

  static CommandSpec restore() {
    return new CommandBuilder("restore-from-bin", "Takes a snapshot out of the recycle bin.")
        .argument("SNAPSHOT", "Its id.")
        .asksNode()
        .examples("quarry snapshot restore-from-bin snap-0123456789abcdef0")
        .does(given -> {
          String path = NodeClient.path("/v1/recycle-bin/", given.argument()) + "/restore";
          given.show(given.node().post(path, new JsonObject()), SnapshotText::details);
        });
  }

  static CommandSpec lock() {
    return new CommandBuilder(
            "lock",
            "Protects a snapshot from being deleted, or changes its lock. A governance lock can be"
                + " taken away; a compliance lock cannot once it has cooled off, and can only be"
                + " made longer then.")
        .argument("SNAPSHOT", "Its id.")
        .required(MODE, "MODE", "governance or compliance.", String.class, text -> text)
        .option(
            DAYS,
            "DAYS",
            "For how long, 1 to 36500 days.",
            Integer.class,
            text -> wholeNumber(text, 36_500))
        .option(UNTIL, "TIME", "Until when instead, such as 2030-01-31T12:00:00Z.")
        .option(
            COOL_OFF,
            "HOURS",
            "How long a compliance lock can still be undone, 1 to 72 hours; without it not at all.",
            Integer.class,
            text -> wholeNumber(text, 72))
        .asksNode()
        .examples(
            "quarry snapshot lock snap-0123456789abcdef0 --mode governance --days 30",
            "quarry snapshot lock snap-0123456789abcdef0 --mode compliance --days 365 --cool-off"
                + " 24")
        .does(RetentionCommands::lock);
  }

  private static void lock(Invocation given) {
    JsonObject asked = new JsonObject().put("mode", given.<String>value(MODE));
    given.<Integer>optional(DAYS).ifPresent(days -> asked.put("durationDays", days));
    given.text(UNTIL).ifPresent(time -> asked.put("expirationDate", time));
    given.<Integer>optional(COOL_OFF).ifPresent(hours -> asked.put("coolOffHours", hours));
    given.show(given.node().put(lockPath(given), asked), SnapshotText::details);
  }

  static CommandSpec unlock() {
    return new CommandBuilder("unlock", "Takes away the lock of a snapshot, if its mode allows it.")
        .argument("SNAPSHOT", "Its id.")
        .asksNode()
        .examples("quarry snapshot unlock snap-0123456789abcdef0")
        .does(given -> given.show(given.node().delete(lockPath(given)), SnapshotText::details));
  }

  private static String lockPath(Invocation given) {
    return NodeClient.snapshotPath(given.argument()) + "/lock";
  }

  private static int wholeNumber(String text, int max) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException(
        "'%s' is not a whole number from 1 to %d".formatted(text, max));
  }
}
