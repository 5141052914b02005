package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// Shows the audit log of keys, or checks it.
final class AuditCommand {
  private static final String FROM = "--from";
  private static final String LIMIT = "--limit";
  private static final String VERIFY = "--verify";

  private AuditCommand() {}

  static CommandSpec spec() {
    return new CommandBuilder(
            "audit", "Shows the audit log: every call about keys, and what came of it.")
        .option(
            FROM,
            "NUMBER",
            "The first entry to show. Default: as many as the limit before the last.",
            Long.class,
            AuditCommand::count)
        .option(
            LIMIT,
            "COUNT",
            "The most entries to show, up to 1000.",
            "50",
            Long.class,
            AuditCommand::count)
        .flag(VERIFY, "Check every entry instead; exit with 1 if one was changed or taken out.")
        .asksNode()
        .examples(
            "quarry key audit --limit 20",
            "quarry key audit --from 1 --limit 1000 --output json",
            "quarry key audit --verify")
        .does(AuditCommand::run);
  }

  private static void run(Invocation given) {
    if (given.flag(VERIFY)) {
      verify(given);
      return;
    }
    Optional<Long> from = given.optional(FROM);
    String query =
        "?limit=" + given.<Long>value(LIMIT) + from.map(first -> "&from=" + first).orElse("");
    given.show(given.node().get("/v1/key-audit" + query), KeyText::audit);
  }

  private static void verify(Invocation given) {
    JsonObject found = given.node().get("/v1/key-audit/verification");
    long entries = found.number("entries").orElse(0L);
    given.show(found, _ -> "%d entries are authentic and in order\n".formatted(entries));
    Optional<String> bad = found.text("firstBad");
    if (bad.isPresent()) {
      throw new CliException(
          "the audit log was changed after that: " + bad.get(),
          "keep the file, find out who could write it, and put it back from a backup");
    }
  }

  private static long count(String text) {
    try {
      long count = Long.parseLong(text);
      if (count >= 1) {
        return count;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException("'" + text + "' is not a number from 1 on");
  }
}
