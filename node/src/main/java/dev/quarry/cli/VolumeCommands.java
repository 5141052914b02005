package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/// The commands about volumes.
final class VolumeCommands {
  private static final String SIZE = "--size";
  private static final String TYPE = "--type";
  private static final String IOPS = "--iops";
  private static final String THROUGHPUT = "--throughput";
  private static final String NAME = "--name";
  private static final String TAG = "--tag";
  private static final String ENCRYPTED = "--encrypted";
  private static final String KEY = "--key";

  private static final String SNAPSHOT = "--snapshot";
  private static final String INITIALIZATION_RATE = "--initialization-rate";
  private static final String MULTI_ATTACH = "--multi-attach";
  private static final int MIB = 1 << 20;

  private static final String IOPS_HELP =
      "I/Os a second to provision, for gp3 (default 3000), io1 and io2.";
  private static final String THROUGHPUT_HELP =
      "Throughput to provision in MiB/s, for gp3 (default 125).";

  private VolumeCommands() {}

  static CommandSpec spec() {
    return new CommandBuilder("volume", "Creates, shows, changes and deletes volumes.")
        .groups(create(), list(), show(), modify(), delete());
  }

  private static CommandSpec create() {
    return new CommandBuilder(
            "create",
            "Creates a volume. It reads as zeros and takes space only where it is written.")
        .option(
            SIZE,
            "SIZE",
            "From 1 GiB to 64 TiB, in whole GiB: 20GiB, 1.5TiB, 512G, or a number of bytes. Needed"
                + " unless it is made from a snapshot, whose size it then gets.",
            ByteSize.class,
            ByteSize::parse)
        .option(
            SNAPSHOT,
            "SNAPSHOT",
            "The snapshot to make it from: its id. It can be used at once; what is read before it"
                + " is on the local disk comes from the store.")
        .option(
            INITIALIZATION_RATE,
            "RATE",
            "How fast to bring it to the local disk, a second: from 100MiB to 300MiB. Default: as"
                + " fast as it goes.",
            ByteSize.class,
            ByteSize::parse)
        .option(
            TYPE,
            "TYPE",
            "gp3, gp2, io1, io2, st1, sc1 or standard, held to what EBS gives that type; or"
                + " unlimited, which is not of EBS. Default: gp3.")
        .option(IOPS, "IOPS", IOPS_HELP, Integer.class, VolumeCommands::figure)
        .option(THROUGHPUT, "MIBPS", THROUGHPUT_HELP, Integer.class, VolumeCommands::figure)
        .option(
            NAME,
            "NAME",
            "A name of its own, for commands and NBD clients to use as they do the id.")
        .pairs(TAG, "A tag; may be repeated.")
        .flag(ENCRYPTED, "Encrypt it, also where `quarry settings` does not say so by default.")
        .option(
            KEY,
            "KEY",
            "The customer key to encrypt it under: an id, an alias or an ARN; see `quarry key"
                + " list`. Means --encrypted. Default: the node's default key.")
        .flag(
            MULTI_ATTACH,
            "Let up to 16 clients attach it at a time, for io1 and io2. Others have one client at a"
                + " time, with as many connections as it likes.")
        .asksNode()
        .examples(
            "quarry volume create --size 20GiB",
            "quarry volume create --size 1.5TiB --name db --tag env=prod --tag team=storage",
            "quarry volume create --size 200GiB --type io2 --iops 20000",
            "quarry volume create --size 50GiB --encrypted --key alias/payroll",
            "quarry volume create --size 100GiB --type unlimited      as fast as the machine goes")
        .does(VolumeCommands::create);
  }

  private static void create(Invocation given) {
    JsonObject asked = new JsonObject();
    given.<ByteSize>optional(SIZE).ifPresent(size -> asked.put("sizeBytes", size.bytes()));
    given.text(SNAPSHOT).ifPresent(snapshot -> asked.put("snapshotId", snapshot));
    given
        .<ByteSize>optional(INITIALIZATION_RATE)
        .ifPresent(rate -> asked.put("volumeInitializationRate", mibps(given, rate)));
    if (given.text(SNAPSHOT).isEmpty() && !asked.has("sizeBytes")) {
      throw given.wrongUsage("give --size, or --snapshot to make it from one");
    }
    putFigures(given, asked);
    given.text(NAME).ifPresent(name -> asked.put("name", name));
    if (given.flag(ENCRYPTED) || given.text(KEY).isPresent()) {
      asked.put("encrypted", true);
    }
    given.text(KEY).ifPresent(key -> asked.put("kmsKeyId", key));
    if (given.flag(MULTI_ATTACH)) {
      asked.put("multiAttachEnabled", true);
    }
    Map<String, String> tags = given.pairs(TAG);
    if (!tags.isEmpty()) {
      asked.put("tags", tags);
    }
    given.show(given.node().post("/v1/volumes", asked), VolumeText::details);
  }

  /// Puts type and figures into a request, as far as they are given.
  private static void putFigures(Invocation given, JsonObject asked) {
    given.text(TYPE).ifPresent(type -> asked.put("type", type));
    given.<Integer>optional(IOPS).ifPresent(iops -> asked.put("iops", iops));
    given.<Integer>optional(THROUGHPUT).ifPresent(mibps -> asked.put("throughputMibps", mibps));
  }

  private static long mibps(Invocation given, ByteSize rate) {
    if (rate.bytes() % MIB != 0) {
      throw given.wrongUsage(INITIALIZATION_RATE + " takes whole MiB a second, such as 200MiB");
    }
    return rate.bytes() / MIB;
  }

  private static boolean onOrOff(String text) {
    return switch (text) {
      case "on" -> true;
      case "off" -> false;
      default -> throw new IllegalArgumentException("'" + text + "' is neither on nor off");
    };
  }

  private static int figure(String text) {
    try {
      return Integer.parseUnsignedInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not a whole number, such as 3000");
    }
  }

  private static CommandSpec list() {
    return new CommandBuilder("list", "Lists the volumes of the node.")
        .asksNode()
        .examples("quarry volume list", "quarry volume list --output json | jq -r '.volumes[].id'")
        .does(given -> given.show(given.node().get("/v1/volumes"), VolumeText::list));
  }

  private static CommandSpec show() {
    return new CommandBuilder(
            "show",
            "Shows all about one volume: its limits, what it does within them, and the addresses"
                + " its clients use.")
        .argument("VOLUME", "Its id or its name.")
        .asksNode()
        .examples("quarry volume show demo")
        .does(given -> given.show(given.node().get(path(given)), VolumeText::details));
  }

  private static CommandSpec modify() {
    return new CommandBuilder(
            "modify", "Changes a volume, while it is in use or not. A volume only grows.")
        .argument("VOLUME", "Its id or its name.")
        .option(
            SIZE,
            "SIZE",
            "The new size, not less than the old: 40GiB, 2TiB, or a number of bytes.",
            ByteSize.class,
            ByteSize::parse)
        .option(TYPE, "TYPE", "The new type; see `quarry volume create --help`.")
        .option(IOPS, "IOPS", IOPS_HELP, Integer.class, VolumeCommands::figure)
        .option(THROUGHPUT, "MIBPS", THROUGHPUT_HELP, Integer.class, VolumeCommands::figure)
        .option(
            MULTI_ATTACH,
            "on|off",
            "Whether several clients may attach it, for io2 while nobody has it attached.",
            Boolean.class,
            VolumeCommands::onOrOff)
        .asksNode()
        .examples(
            "quarry volume modify demo --size 40GiB",
            "quarry volume modify demo --type io2 --iops 10000",
            "",
            "Limits change at once. A client sees a new size when it connects again.")
        .does(VolumeCommands::modify);
  }

  private static void modify(Invocation given) {
    JsonObject asked = new JsonObject();
    given.<ByteSize>optional(SIZE).ifPresent(size -> asked.put("sizeBytes", size.bytes()));
    putFigures(given, asked);
    given
        .<Boolean>optional(MULTI_ATTACH)
        .ifPresent(shared -> asked.put("multiAttachEnabled", shared));
    if (asked.names().isEmpty()) {
      throw given.wrongUsage(
          "nothing to change: give --size, --type, --iops, --throughput or --multi-attach");
    }
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
