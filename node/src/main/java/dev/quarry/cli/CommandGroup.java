package dev.quarry.cli;

import java.util.Optional;
import java.util.ServiceLoader;
import picocli.CommandLine.Model.CommandSpec;

/// Commands under one first word that come from a module above this one. A provider names itself in
/// `META-INF/services` and is found if its jar is on the class path.
public interface CommandGroup {

  /// The first word.
  String name();

  /// The commands, made with a [CommandBuilder].
  CommandSpec spec();

  /// The commands under that word, if they are on the class path.
  static Optional<CommandSpec> find(String name) {
    return ServiceLoader.load(CommandGroup.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(group -> group.name().equals(name))
        .map(CommandGroup::spec)
        .findFirst();
  }
}
