package dev.quarry.node;

import dev.quarry.shaping.InstanceLimit;
import dev.quarry.shaping.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The limits on clients, as EBS-optimised instances have them: one for each named group, and one
/// for all clients that name none.
///
/// A client says to which group it belongs in the name of the export: `vol-…@web`. That is an
/// arrangement among friends, as much as the volume's name is: NBD has no names of clients.
final class ClientLimits {
  private static final char SEPARATOR = '@';

  private final Optional<InstanceLimit> node;
  private final Map<String, InstanceLimit> groups = new TreeMap<>();

  ClientLimits(NodeLimits limits, TimeSource time) {
    this.node = limits.node().map(figures -> InstanceLimit.create(figures, time));
    limits.groups().forEach((name, f) -> groups.put(name, InstanceLimit.create(f, time)));
  }

  /// What an export's name says.
  ///
  /// @param volume the id or name of the volume
  /// @param group the group of the client, if it names one
  record Target(String volume, Optional<String> group) {

    static Target parse(String exportName) {
      int at = exportName.indexOf(SEPARATOR);
      return at < 0
          ? new Target(exportName, Optional.empty())
          : new Target(exportName.substring(0, at), Optional.of(exportName.substring(at + 1)));
    }
  }

  /// Whether a client of this group can be told apart: it names none, or one that there is.
  boolean knows(Optional<String> group) {
    return group.isEmpty() || groups.containsKey(group.get());
  }

  /// The names of the groups.
  String names() {
    return String.join(", ", groups.keySet());
  }

  /// The limit on clients of a group, or on those that name none.
  Optional<InstanceLimit> of(Optional<String> group) {
    return group.isEmpty() ? node : Optional.ofNullable(groups.get(group.get()));
  }

  /// All limits with their balances.
  List<JsonObject> json() {
    List<JsonObject> all = new ArrayList<>();
    node.ifPresent(limit -> all.add(json(limit)));
    groups.forEach((name, limit) -> all.add(json(limit).put("group", name)));
    return all;
  }

  /// Named as in the EC2 User Guide, "CloudWatch metrics for your instances".
  private static JsonObject json(InstanceLimit limit) {
    return new JsonObject()
        .put("iops", limit.figures().iops())
        .put("bytesPerSecond", limit.figures().bytesPerSecond())
        .put("burstIops", limit.figures().burstIops())
        .put("burstBytesPerSecond", limit.figures().burstBytesPerSecond())
        .put("EBSIOBalance", limit.ioBalance().percent())
        .put("EBSByteBalance", limit.byteBalance().percent())
        .put("exceededSeconds", limit.exceeded().totalNanos() / 1e9);
  }
}
