package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import picocli.CommandLine.Model.CommandSpec;

/// The commands about the names of keys.
final class AliasCommands {
  private static final String ALIAS = "ALIAS";
  private static final String ALIAS_IS = "The name: alias/ and letters, digits, / _ or -.";
  private static final String KEY = "--key";

  private AliasCommands() {}

  static CommandSpec spec() {
    return new CommandBuilder("alias", "Names keys.")
        .groups(
            naming(
                "create",
                "Gives a key a name.",
                given -> create(given.node(), given.argument(), given.value(KEY))),
            naming(
                "update",
                "Gives a name to another key.",
                given ->
                    given
                        .node()
                        .put(
                            path(given.argument()),
                            new JsonObject().put("key", given.<String>value(KEY)))),
            delete(),
            list());
  }

  /// Names a key.
  static JsonObject create(NodeClient node, String alias, String key) {
    return node.post("/v1/aliases", new JsonObject().put("name", alias).put("key", key));
  }

  /// What one of the two commands asks the node.
  @FunctionalInterface
  private interface Asking {
    JsonObject ask(Invocation given);
  }

  private static CommandSpec naming(String name, String description, Asking asking) {
    return new CommandBuilder(name, description)
        .argument(ALIAS, ALIAS_IS)
        .required(
            KEY, "KEY", "The key: its id, its ARN, or another alias.", String.class, key -> key)
        .asksNode()
        .examples(
            "quarry key alias %s alias/web --key 2f1c0d5e-5c1c-4a8e-9a55-0f6f3f0c9d11"
                .formatted(name))
        .does(given -> given.show(asking.ask(given), KeyText::alias));
  }

  private static CommandSpec delete() {
    return new CommandBuilder("delete", "Takes a name away; the key stays.")
        .argument(ALIAS, ALIAS_IS)
        .asksNode()
        .examples("quarry key alias delete alias/web")
        .does(given ->
            given.show(
                given.node().delete(path(given.argument())),
                deleted -> "deleted " + deleted.text("name").orElse("") + "\n"));
  }

  private static CommandSpec list() {
    return new CommandBuilder("list", "Lists the names of keys.")
        .asksNode()
        .examples("quarry key alias list")
        .does(given -> given.show(given.node().get("/v1/aliases"), KeyText::aliases));
  }

  private static String path(String alias) {
    return NodeClient.path("/v1/aliases/", alias);
  }
}
