package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/// The commands about volumes.
final class VolumeCommands {
  private static final String SIZE = "--size";
  private static final String TYPE = "--type";
  private static final String NAME = "--name";
  private static final String TAG = "--tag";

  private VolumeCommands() {}

  static CommandSpec spec() {
    return new CommandBuilder("volume", "Creates, shows, changes and deletes volumes.")
        .groups(create(), list(), show(), modify(), delete());
  }

  private static CommandSpec create() {
    return new CommandBuilder(
            "create",
            "Creates a volume. It reads as zeros and takes space only where it is written.")
        .required(
            SIZE,
            "SIZE",
            "From 1 GiB to 64 TiB, in whole GiB: 20GiB, 1.5TiB, 512G, or a number of bytes.",
            ByteSize.class,
            ByteSize::parse)
        .option(TYPE, "TYPE", "The volume type. Default: gp3.")
        .option(
            NAME,
            "NAME",
            "A name of its own, for commands and NBD clients to use as they do the id.")
        .pairs(TAG, "A tag; may be repeated.")
        .asksNode()
        .examples(
            "quarry volume create --size 20GiB",
            "quarry volume create --size 1.5TiB --name db --tag env=prod --tag team=storage")
        .does(VolumeCommands::create);
  }

  private static void create(Invocation given) {
    JsonObject asked = new JsonObject().put("sizeBytes", given.<ByteSize>value(SIZE).bytes());
    given.text(TYPE).ifPresent(type -> asked.put("type", type));
    given.text(NAME).ifPresent(name -> asked.put("name", name));
    Map<String, String> tags = given.pairs(TAG);
    if (!tags.isEmpty()) {
      asked.put("tags", tags);
    }
    given.show(given.node().post("/v1/volumes", asked), VolumeText::details);
  }

  private static CommandSpec list() {
    return new CommandBuilder("list", "Lists the volumes of the node.")
        .asksNode()
        .examples("quarry volume list", "quarry volume list --output json | jq -r '.volumes[].id'")
        .does(given -> given.show(given.node().get("/v1/volumes"), VolumeText::list));
  }

  private static CommandSpec show() {
    return new CommandBuilder(
            "show", "Shows all about one volume, with the addresses its clients use.")
        .argument("VOLUME", "Its id or its name.")
        .asksNode()
        .examples("quarry volume show demo")
        .does(given -> given.show(given.node().get(path(given)), VolumeText::details));
  }

  private static CommandSpec modify() {
    return new CommandBuilder(
            "modify", "Changes a volume, while it is in use or not. A volume only grows.")
        .argument("VOLUME", "Its id or its name.")
        .required(
            SIZE,
            "SIZE",
            "The new size, not less than the old: 40GiB, 2TiB, or a number of bytes.",
            ByteSize.class,
            ByteSize::parse)
        .asksNode()
        .examples(
            "quarry volume modify demo --size 40GiB",
            "",
            "A client sees the new size when it connects again.")
        .does(VolumeCommands::modify);
  }

  private static void modify(Invocation given) {
    JsonObject asked = new JsonObject().put("sizeBytes", given.<ByteSize>value(SIZE).bytes());
    given.show(given.node().patch(path(given), asked), VolumeText::details);
  }

  private static CommandSpec delete() {
    return new CommandBuilder(
            "delete", "Deletes a volume that is not in use, and all its data, for good.")
        .argument("VOLUME", "Its id or its name.")
        .asksNode()
        .examples("quarry volume delete demo")
        .does(given ->
            given.show(
                given.node().delete(path(given)),
                deleted -> "deleted " + deleted.text("id").orElse("") + "\n"));
  }

  private static String path(Invocation given) {
    return NodeClient.volumePath(given.argument());
  }
}
