package dev.quarry.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.TypeConversionException;

/// Says what a command is called, what it takes and what it does.
///
/// Picocli can read this from annotations as well. The JVM then makes a proxy class for each kind
/// of annotation, at every start; that costs more time than all else that a command does.
public final class CommandBuilder {
  /// What a command does, once its arguments are known to be right.
  @FunctionalInterface
  public interface Action {
    void run(Invocation given) throws Exception;
  }

  private static final String DATA_DEFAULT = "${env:QUARRY_DATA:-quarry-data}";

  private final CommandSpec spec = CommandSpec.create();

  public CommandBuilder(String name, String description) {
    spec.name(name);
    spec.usageMessage()
        .autoWidth(true)
        .sortOptions(false)
        .description(description)
        .synopsisSubcommandLabel("COMMAND");
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .type(boolean.class)
            .usageHelp(true)
            .description("Show this help.")
            .build());
  }

  /// A flag, false unless given.
  public CommandBuilder flag(String name, String description) {
    return add(OptionSpec.builder(name).type(boolean.class).arity("0").description(description));
  }

  /// An option that may be left out.
  public CommandBuilder option(String name, String label, String description) {
    return add(text(name, label, description));
  }

  /// An option that may be left out, and that may be given without a value, which then is
  /// `fallback`.
  CommandBuilder optionOrFlag(String name, String label, String fallback, String description) {
    return add(text(name, label, description).arity("0..1").fallbackValue(fallback));
  }

  /// An option that must be there, read by `reader`, whose IllegalArgumentException says what is
  /// wrong with a text.
  public <T> CommandBuilder required(
      String name, String label, String description, Class<T> type, Function<String, T> reader) {
    return add(
        text(name, label, description).required(true).type(type).converters(converter(reader)));
  }

  /// An option that may be left out, read by `reader`. Not for Boolean: picocli takes that for a
  /// flag.
  public <T> CommandBuilder option(
      String name, String label, String description, Class<T> type, Function<String, T> reader) {
    return add(text(name, label, description).type(type).converters(converter(reader)));
  }

  /// An option with a default, read by `reader`.
  public <T> CommandBuilder option(
      String name,
      String label,
      String description,
      String defaultValue,
      Class<T> type,
      Function<String, T> reader) {
    return add(
        text(name, label, description + " Default: ${DEFAULT-VALUE}.")
            .defaultValue(defaultValue)
            .type(type)
            .converters(converter(reader)));
  }

  /// An option that may be repeated, each time with a text.
  public CommandBuilder list(String name, String label, String description) {
    return add(
        text(name, label, description).type(List.class).auxiliaryTypes(String.class).arity("1"));
  }

  /// An option that takes one of an enum's values, in lower case with dashes.
  public <E extends Enum<E>> CommandBuilder choice(
      String name, String label, String description, E defaultValue, Class<E> type) {
    List<String> names = names(type);
    return add(
        text(
                name,
                label,
                description
                    + " One of: "
                    + String.join(", ", names)
                    + ". Default: "
                    + "${DEFAULT-VALUE}.")
            .defaultValue(lower(defaultValue))
            .type(type)
            .completionCandidates(names)
            .converters(converter(text -> oneOf(type, text))));
  }

  /// An option that may be repeated, each time with `KEY=VALUE`.
  public CommandBuilder pairs(String name, String description) {
    return pairs(name, "KEY=VALUE", description);
  }

  /// An option that may be repeated, each time with a key, `=` and a value.
  public CommandBuilder pairs(String name, String label, String description) {
    return add(
        text(name, label, description).type(Map.class).auxiliaryTypes(String.class, String.class));
  }

  /// The command's argument, or its next one.
  public CommandBuilder argument(String label, String description) {
    return argument(label, description, String.class, Function.identity());
  }

  /// The command's one argument, which is one of an enum's values.
  public <E extends Enum<E>> CommandBuilder argument(
      String label, String description, Class<E> type) {
    return argument(
        label,
        description + " One of: " + String.join(", ", names(type)) + ".",
        type,
        text -> oneOf(type, text));
  }

  /// The command's arguments, one or more.
  public CommandBuilder arguments(String label, String description) {
    return words(label, description, "1..*");
  }

  /// The command's arguments, any number of them.
  public CommandBuilder words(String label, String description) {
    return words(label, description, "0..*");
  }

  private CommandBuilder words(String label, String description, String arity) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel(label)
            .description(description)
            .arity(arity)
            .index("0..*")
            .required(arity.startsWith("1"))
            .type(List.class)
            .auxiliaryTypes(String.class)
            .build());
    return this;
  }

  private <T> CommandBuilder argument(
      String label, String description, Class<T> type, Function<String, T> reader) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel(label)
            .description(description)
            .arity("1")
            .index(Integer.toString(spec.positionalParameters().size()))
            .required(true)
            .type(type)
            .converters(converter(reader))
            .build());
    return this;
  }

  /// What every command takes that works on a data folder.
  public CommandBuilder dataFolder() {
    return add(
        text(
                Invocation.DATA,
                "DIR",
                "The node's data folder, or variable QUARRY_DATA. Default: ./quarry-data.")
            .defaultValue(DATA_DEFAULT));
  }

  /// What every command takes that asks a node: where it is, and how to show its answer.
  public CommandBuilder asksNode() {
    return dataFolder()
        .choice(
            Invocation.OUTPUT,
            "FORMAT",
            "How to show the answer.",
            Invocation.Output.TABLE,
            Invocation.Output.class);
  }

  /// Lines to end the help with.
  public CommandBuilder examples(String... lines) {
    spec.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer(Arrays.stream(lines).map(l -> l.isEmpty() ? l : "  " + l).toArray(String[]::new));
    return this;
  }

  /// Commands within this one.
  public CommandSpec groups(CommandSpec... commands) {
    for (CommandSpec command : commands) {
      spec.addSubcommand(command.name(), command);
    }
    return spec;
  }

  /// The command that does `action`.
  public CommandSpec does(Action action) {
    CommandSpec done = CommandSpec.wrapWithoutInspection(action);
    done.name(spec.name());
    done.usageMessage(spec.usageMessage());
    spec.options().forEach(done::addOption);
    spec.positionalParameters().forEach(done::addPositional);
    return done;
  }

  private CommandBuilder add(OptionSpec.Builder option) {
    spec.addOption(option.build());
    return this;
  }

  private static OptionSpec.Builder text(String name, String label, String description) {
    return OptionSpec.builder(name).type(String.class).paramLabel(label).description(description);
  }

  private static <T> ITypeConverter<T> converter(Function<String, T> reader) {
    return text -> {
      try {
        return reader.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    };
  }

  private static <E extends Enum<E>> E oneOf(Class<E> type, String text) {
    for (E value : type.getEnumConstants()) {
      if (lower(value).equalsIgnoreCase(text)) {
        return value;
      }
    }
    throw new IllegalArgumentException(
        "'" + text + "' is none of " + String.join(", ", names(type)));
  }

  private static <E extends Enum<E>> List<String> names(Class<E> type) {
    return Arrays.stream(type.getEnumConstants()).map(CommandBuilder::lower).toList();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
