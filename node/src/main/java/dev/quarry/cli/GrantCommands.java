package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/// The commands about grants: what others than the owner may do with a key.
final class GrantCommands {
  private static final String GRANTEE = "--grantee";
  private static final String RETIRING = "--retiring";
  private static final String OPERATIONS = "--operations";
  private static final String EQUALS = "--context-equals";
  private static final String SUBSET = "--context-subset";
  private static final String GRANT = "--grant";

  private GrantCommands() {}

  static CommandSpec spec() {
    return new CommandBuilder("grant", "Lets others than the node's owner use keys.")
        .groups(
            create(),
            list(),
            ending("retire", "Ends a grant that has done its work."),
            ending("revoke", "Takes a grant back."));
  }

  private static CommandSpec create() {
    return new CommandBuilder(
            "create", "Lets a principal use a key. Its token is shown once and never again.")
        .argument(KeyCommands.KEY, KeyCommands.KEY_IS)
        .required(GRANTEE, "NAME", "The principal that may use it.", String.class, name -> name)
        .required(
            OPERATIONS,
            "NAME,...",
            "What it may do, by the names of KMS.",
            String.class,
            names -> names)
        .option(RETIRING, "NAME", "A principal that may retire the grant.")
        .pairs(EQUALS, "Only for exactly this encryption context; may be repeated.")
        .pairs(SUBSET, "Only for encryption contexts that have this; may be repeated.")
        .asksNode()
        .examples(
            "quarry key grant create alias/web --grantee backup --operations Decrypt,DescribeKey",
            "quarry key grant create alias/web --grantee backup --operations Decrypt \\",
            "    --context-equals aws:ebs:id=vol-0123456789abcdef0")
        .does(GrantCommands::create);
  }

  private static void create(Invocation given) {
    JsonObject asked = new JsonObject();
    asked.put("grantee", given.<String>value(GRANTEE));
    asked.put("operations", List.of(given.<String>value(OPERATIONS).split(",")));
    given.text(RETIRING).ifPresent(name -> asked.put("retiring", name));
    putPairs(asked, "contextEquals", given.pairs(EQUALS));
    putPairs(asked, "contextSubset", given.pairs(SUBSET));
    given.show(given.node().post(grants(given), asked), KeyText::grant);
  }

  private static void putPairs(JsonObject asked, String name, Map<String, String> pairs) {
    if (!pairs.isEmpty()) {
      asked.put(name, pairs);
    }
  }

  private static CommandSpec list() {
    return new CommandBuilder("list", "Lists the grants of a key.")
        .argument(KeyCommands.KEY, KeyCommands.KEY_IS)
        .asksNode()
        .examples("quarry key grant list alias/web")
        .does(given -> given.show(given.node().get(grants(given)), KeyText::grants));
  }

  private static CommandSpec ending(String name, String description) {
    return new CommandBuilder(name, description)
        .argument(KeyCommands.KEY, KeyCommands.KEY_IS)
        .required(GRANT, "ID", "The grant's id.", String.class, id -> id)
        .asksNode()
        .examples("quarry key grant " + name + " alias/web --grant ID")
        .does(given ->
            given.show(end(given, name), ended -> "ended " + ended.text("id").orElse("") + "\n"));
  }

  private static JsonObject end(Invocation given, String name) {
    String grant = NodeClient.path(grants(given) + "/", given.value(GRANT));
    return name.equals("retire")
        ? given.node().post(grant + "/retire", new JsonObject())
        : given.node().delete(grant);
  }

  private static String grants(Invocation given) {
    return NodeClient.keyPath(given.argument()) + "/grants";
  }
}
