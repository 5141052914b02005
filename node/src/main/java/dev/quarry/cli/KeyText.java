package dev.quarry.cli;

import static dev.quarry.cli.JsonText.text;

import dev.quarry.node.JsonObject;
import java.util.List;
import java.util.Optional;

/// Keys as text for people.
final class KeyText {
  /// As many ids as fit into a line of a wide terminal.
  private static final int MAX_VOLUMES = 5;

  private KeyText() {}

  /// One line a key.
  static String list(JsonObject answer) {
    TextTable table = new TextTable("ID", "STATE", "CREATED", "ALIASES", "DESCRIPTION");
    for (JsonObject key : answer.objects("keys")) {
      table.add(
          text(key, "id"),
          text(key, "state"),
          text(key, "createdAt"),
          joined(key.texts("aliases")),
          text(key, "description"));
    }
    return table.toString();
  }

  /// One line for each thing to know about a key.
  static String details(JsonObject key) {
    TextTable table = new TextTable("id", text(key, "id"));
    table.add("arn", text(key, "arn"));
    table.add("aliases", joined(key.texts("aliases")));
    table.add("state", text(key, "state"));
    key.text("deletionDate").ifPresent(date -> table.add("deletion", date));
    table.add("created", text(key, "createdAt"));
    table.add("description", text(key, "description"));
    table.add("material", Long.toString(key.number("material").orElse(1L)));
    if (key.has("volumes")) {
      table.add("volumes", some(key.texts("volumes")));
    }
    key.object("rotation").ifPresent(rotation -> addRotation(table, rotation));
    return table.toString();
  }

  /// How many there are, and the first of them.
  private static String some(List<String> volumes) {
    String first = String.join(", ", volumes.stream().limit(MAX_VOLUMES).toList());
    return volumes.size()
        + (volumes.isEmpty() ? "" : ": " + first)
        + (volumes.size() > MAX_VOLUMES ? ", ..." : "");
  }

  private static void addRotation(TextTable table, JsonObject rotation) {
    Optional<Long> days = rotation.number("everyDays");
    table.add(
        "rotation",
        days.isPresent()
            ? "every %d days, next %s".formatted(days.get(), text(rotation, "next"))
            : "off");
    for (JsonObject done : rotation.objects("rotations")) {
      table.add(
          "rotated",
          "%s to material %d".formatted(text(done, "at"), done.number("material").orElse(0L)));
    }
  }

  static String alias(JsonObject alias) {
    return "%s is %s\n".formatted(text(alias, "name"), text(alias, "keyId"));
  }

  /// One line a name.
  static String aliases(JsonObject answer) {
    TextTable table = new TextTable("ALIAS", "KEY");
    for (JsonObject alias : answer.objects("aliases")) {
      table.add(text(alias, "name"), text(alias, "keyId"));
    }
    return table.toString();
  }

  /// A new grant, with its token.
  static String grant(JsonObject grant) {
    TextTable table = new TextTable("id", text(grant, "id"));
    table.add("grantee", text(grant, "grantee"));
    table.add("operations", joined(grant.texts("operations")));
    table.add("context", context(grant));
    table.add("token", text(grant, "token"));
    return table.toString();
  }

  /// One line a grant.
  static String grants(JsonObject answer) {
    TextTable table = new TextTable("ID", "GRANTEE", "OPERATIONS", "CONTEXT");
    for (JsonObject grant : answer.objects("grants")) {
      table.add(
          text(grant, "id"),
          text(grant, "grantee"),
          joined(grant.texts("operations")),
          context(grant));
    }
    return table.toString();
  }

  /// One line an entry.
  static String audit(JsonObject answer) {
    TextTable table =
        new TextTable("ENTRY", "TIME", "WHO", "CALL", "RESULT", "KEY", "CONTEXT", "DETAIL");
    for (JsonObject entry : answer.objects("entries")) {
      table.add(
          Long.toString(entry.number("sequence").orElse(0L)),
          text(entry, "at"),
          text(entry, "principal"),
          text(entry, "operation"),
          text(entry, "result"),
          text(entry, "key"),
          text(entry, "context"),
          text(entry, "detail"));
    }
    return table.toString();
  }

  private static String context(JsonObject grant) {
    Optional<JsonObject> equal = grant.object("contextEquals");
    return equal
        .map(context -> "only " + context.texts())
        .or(() -> grant.object("contextSubset").map(context -> "with " + context.texts()))
        .orElse("any");
  }

  private static String joined(List<String> texts) {
    return texts.isEmpty() ? JsonText.NONE : String.join(",", texts);
  }
}
