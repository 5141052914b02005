package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// The commands about the node's settings.
final class SettingsCommands {
  private static final String BY_DEFAULT = "--encryption-by-default";
  private static final String DEFAULT_KEY = "--default-key";

  private SettingsCommands() {}

  static CommandSpec spec() {
    return new CommandBuilder("settings", "Shows and changes what holds for new volumes.")
        .groups(show(), set());
  }

  private static CommandSpec show() {
    return new CommandBuilder("show", "Shows the settings of the node.")
        .asksNode()
        .examples("quarry settings show")
        .does(given -> given.show(given.node().get("/v1/settings"), SettingsCommands::text));
  }

  private static CommandSpec set() {
    return new CommandBuilder("set", "Changes settings; those that are not named stay.")
        .option(
            BY_DEFAULT,
            "on|off",
            "Whether every new volume is encrypted, whatever its request says.",
            Switch.class,
            Switch::parse)
        .option(
            DEFAULT_KEY,
            "KEY",
            "The key where none is named: an id, an ARN or an alias. The node's own is"
                + " alias/aws/ebs.")
        .asksNode()
        .examples(
            "quarry settings set --encryption-by-default on",
            "quarry settings set --default-key alias/web",
            "quarry settings set --default-key alias/aws/ebs")
        .does(SettingsCommands::set);
  }

  private static void set(Invocation given) {
    Optional<Switch> byDefault = given.optional(BY_DEFAULT);
    Optional<String> key = given.text(DEFAULT_KEY);
    if (byDefault.isEmpty() && key.isEmpty()) {
      throw given.wrongUsage("name a setting: " + BY_DEFAULT + " or " + DEFAULT_KEY);
    }
    JsonObject asked = new JsonObject();
    byDefault.ifPresent(to -> asked.put("encryptionByDefault", to == Switch.ON));
    key.ifPresent(named -> asked.put("defaultKey", named));
    given.show(given.node().patch("/v1/settings", asked), SettingsCommands::text);
  }

  private static String text(JsonObject settings) {
    boolean on = settings.truth("encryptionByDefault").orElse(false);
    TextTable table = new TextTable("encryption by default", on ? "on" : "off");
    table.add("default key", settings.text("defaultKey").orElse(""));
    return table.toString();
  }

  /// What is on or off.
  private enum Switch {
    ON,
    OFF;

    static Switch parse(String text) {
      return switch (text) {
        case "on" -> ON;
        case "off" -> OFF;
        default -> throw new IllegalArgumentException("'" + text + "' is neither on nor off");
      };
    }
  }
}
