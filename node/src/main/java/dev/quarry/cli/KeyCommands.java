package dev.quarry.cli;

import dev.quarry.crypto.KeyService;
import dev.quarry.node.JsonObject;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// The commands about keys.
final class KeyCommands {
  static final String NAME = "key";
  static final String KEY = "KEY";
  static final String KEY_IS = "Its id, its ARN, or an alias of it, such as alias/web.";

  private static final String DESCRIPTION = "--description";
  private static final String ALIAS = "--alias";
  private static final String EVERY = "--every";
  private static final String OFF = "--off";
  private static final String DAYS = "--days";

  private KeyCommands() {}

  /// The group without its commands.
  static CommandBuilder outline() {
    return new CommandBuilder(NAME, "Creates, shows, changes and deletes the keys of the node.");
  }

  static CommandSpec spec() {
    return outline()
        .groups(
            create(),
            list(),
            show(),
            AliasCommands.spec(),
            action("enable", "Lets a disabled key be used again."),
            action(
                "disable",
                "Forbids the use of a key. Volumes in use go on; none can be attached anew."),
            rotate(),
            scheduleDeletion(),
            action("cancel-deletion", "Keeps a key that waits for its deletion. It is disabled."),
            GrantCommands.spec(),
            AuditCommand.spec(),
            ChangeRootCommand.spec());
  }

  private static CommandSpec create() {
    return new CommandBuilder("create", "Creates a key for volumes to be encrypted under.")
        .option(DESCRIPTION, "TEXT", "What it is for.")
        .option(ALIAS, "NAME", "A name for it: alias/ and letters, digits, / _ or -.")
        .asksNode()
        .examples(
            "quarry key create --alias alias/web --description 'volumes of the web servers'",
            "quarry settings set --encryption-by-default on --default-key alias/web")
        .does(KeyCommands::create);
  }

  private static void create(Invocation given) {
    JsonObject asked = new JsonObject();
    given.text(DESCRIPTION).ifPresent(text -> asked.put("description", text));
    NodeClient node = given.node();
    JsonObject key = node.post("/v1/keys", asked);
    Optional<String> alias = given.text(ALIAS);
    if (alias.isPresent()) {
      String id = key.text("id").orElseThrow();
      try {
        AliasCommands.create(node, alias.get(), id);
      } catch (CliException e) {
        given.note("the key %s was created, but has no alias".formatted(id));
        throw e;
      }
      key = node.get(NodeClient.keyPath(id));
    }
    given.show(key, KeyText::details);
  }

  private static CommandSpec list() {
    return new CommandBuilder("list", "Lists the keys of the node.")
        .asksNode()
        .examples("quarry key list", "quarry key list --output json | jq -r '.keys[].arn'")
        .does(given -> given.show(given.node().get("/v1/keys"), KeyText::list));
  }

  private static CommandSpec show() {
    return new CommandBuilder("show", "Shows all about one key, except its secrets.")
        .argument(KEY, KEY_IS)
        .asksNode()
        .examples("quarry key show alias/web")
        .does(given -> given.show(given.node().get(path(given, "")), KeyText::details));
  }

  /// A command that does what its name says to a key, and needs no more than that.
  private static CommandSpec action(String name, String description) {
    return new CommandBuilder(name, description)
        .argument(KEY, KEY_IS)
        .asksNode()
        .examples("quarry key " + name + " alias/web")
        .does(given ->
            given.show(
                given.node().post(path(given, "/" + name), new JsonObject()), KeyText::details));
  }

  private static CommandSpec rotate() {
    return new CommandBuilder(
            "rotate",
            "Gives a key new material, now or on a schedule. What the old material encrypted stays"
                + " readable.")
        .argument(KEY, KEY_IS)
        .option(
            EVERY,
            "DAYS",
            "Rotate every so many days from now on, 90 to 2560.",
            Days.class,
            Days::parse)
        .flag(OFF, "Rotate on no schedule any more.")
        .asksNode()
        .examples(
            "quarry key rotate alias/web              now",
            "quarry key rotate alias/web --every 365",
            "quarry key rotate alias/web --off")
        .does(KeyCommands::rotate);
  }

  private static void rotate(Invocation given) {
    Optional<Days> every = given.optional(EVERY);
    if (every.isPresent() && given.flag(OFF)) {
      throw given.wrongUsage(EVERY + " and " + OFF + " exclude each other");
    }
    NodeClient node = given.node();
    JsonObject answer;
    if (every.isPresent()) {
      JsonObject asked = new JsonObject().put("everyDays", every.get().count());
      answer = node.put(path(given, "/rotation"), asked);
    } else if (given.flag(OFF)) {
      answer = node.delete(path(given, "/rotation"));
    } else {
      answer = node.post(path(given, "/rotate"), new JsonObject());
    }
    given.show(answer, KeyText::details);
  }

  private static CommandSpec scheduleDeletion() {
    return new CommandBuilder(
            "schedule-deletion",
            "Disables a key and deletes it after a waiting period. Then nobody can read what it"
                + " encrypted: volumes, snapshots, copies.")
        .argument(KEY, KEY_IS)
        .option(
            DAYS,
            "DAYS",
            "How long to wait, %d to %d days."
                .formatted(KeyService.MIN_PENDING_DAYS, KeyService.MAX_PENDING_DAYS),
            Integer.toString(KeyService.MAX_PENDING_DAYS),
            Days.class,
            Days::parse)
        .asksNode()
        .examples(
            "quarry key schedule-deletion alias/web --days 7",
            "quarry key cancel-deletion alias/web")
        .does(given -> {
          JsonObject asked = new JsonObject().put("days", given.<Days>value(DAYS).count());
          given.show(given.node().post(path(given, "/schedule-deletion"), asked), KeyText::details);
        });
  }

  private static String path(Invocation given, String below) {
    return NodeClient.keyPath(given.argument()) + below;
  }
}
