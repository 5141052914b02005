package dev.quarry.cli;

import dev.quarry.node.NodeLimits;
import dev.quarry.shaping.InstanceLimit;
import dev.quarry.shaping.Limits;
import dev.quarry.shaping.ModificationRate;
import java.util.Map;
import java.util.TreeMap;

/// The options that say what a node holds its volumes and its clients to.
final class LimitOptions {
  private static final String LIMITS = "--limits";
  private static final String MODIFICATION_RATE = "--modification-rate";
  private static final String INSTANCE_LIMIT = "--instance-limit";
  private static final String GROUP = "--group";

  private LimitOptions() {}

  /// Adds them to a command.
  static CommandBuilder addTo(CommandBuilder command) {
    return command
        .option(
            LIMITS,
            "YEAR",
            "The vintage of EBS's limits on volume types: 2023 or 2026.",
            "2026",
            Limits.Profile.class,
            Limits.Profile::parse)
        .choice(
            MODIFICATION_RATE,
            "RATE",
            "How often a volume may be modified.",
            ModificationRate.OFF,
            ModificationRate.class)
        .option(
            INSTANCE_LIMIT,
            InstanceFigures.LABEL,
            "What all clients together are held to besides their volumes' limits, as an instance"
                + " of EC2 is.",
            InstanceLimit.Figures.class,
            InstanceFigures::parse)
        .pairs(
            GROUP,
            "NAME=" + InstanceFigures.LABEL,
            "A limit for a group of clients in place of that one; may be repeated. A client belongs"
                + " to it that asks for an export VOLUME@NAME.");
  }

  /// What was given.
  static NodeLimits of(Invocation given) {
    return new NodeLimits(
        given.value(LIMITS),
        given.value(MODIFICATION_RATE),
        given.optional(INSTANCE_LIMIT),
        groups(given));
  }

  private static Map<String, InstanceLimit.Figures> groups(Invocation given) {
    Map<String, InstanceLimit.Figures> groups = new TreeMap<>();
    given
        .pairs(GROUP)
        .forEach((name, text) -> {
          try {
            groups.put(name, InstanceFigures.parse(text));
          } catch (IllegalArgumentException e) {
            throw given.wrongUsage(GROUP + " " + name + ": " + e.getMessage());
          }
        });
    return groups;
  }
}
