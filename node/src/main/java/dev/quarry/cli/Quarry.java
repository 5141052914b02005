package dev.quarry.cli;

import dev.quarry.node.Version;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// The command line `quarry`.
///
/// Exit codes: 0 done, 1 not done (the message says why and what to do), 2 wrong usage.
public final class Quarry {
  /// The first words of command lines that need the commands about keys.
  private static final List<String> KEY_WORDS = List.of(KeyCommands.NAME, CompletionCommand.NAME);

  /// The same for benchmarks.
  private static final List<String> BENCH_WORDS =
      List.of(BenchOutline.NAME, CompletionCommand.NAME);

  private Quarry() {}

  public static void main(String[] args) {
    System.exit(
        run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            args));
  }

  /// Runs one command line.
  ///
  /// @return its exit code
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    boolean fromFile = args.length > 0 && args[0].startsWith("@"); // picocli puts its words there
    boolean keys = fromFile || args.length > 0 && KEY_WORDS.contains(args[0]);
    boolean bench = fromFile || args.length > 0 && BENCH_WORDS.contains(args[0]);
    return commandLine(keys, bench).setOut(out).setErr(err).execute(args);
  }

  /// All commands.
  static CommandLine commandLine() {
    return commandLine(true, true);
  }

  /// @param keys whether with the commands about keys. There are as many as all others together,
  ///   and to build them takes 60 ms of a start of the node
  /// @param bench whether with the commands of benchmarks, which another module has
  private static CommandLine commandLine(boolean keys, boolean bench) {
    return new CommandLine(commands(keys, bench))
        .setExecutionStrategy(Quarry::dispatch)
        .setParameterExceptionHandler((e, _) -> wrongUsage(e))
        .setExecutionExceptionHandler((e, command, _) -> notDone(e, command));
  }

  private static CommandSpec commands(boolean keys, boolean bench) {
    return new CommandBuilder("quarry", "Block storage with the semantics of Amazon EBS.")
        .examples(
            "quarry serve --data /srv/quarry",
            "quarry volume create --size 20GiB --name db",
            "quarry attach db --exec",
            "",
            "In a source tree, also: quarry build, quarry test, quarry format.")
        .groups(
            ServeCommand.spec(),
            StatusCommand.spec(),
            VolumeCommands.spec(),
            SnapshotCommands.spec(),
            StoreCommands.spec(),
            AttachCommand.spec(),
            DetachCommand.spec(),
            keys ? KeyCommands.spec() : KeyCommands.outline().groups(),
            SettingsCommands.spec(),
            TlsCommands.spec(),
            bench ? BenchOutline.spec() : BenchOutline.outline(),
            new CommandBuilder("help", "Shows this help.")
                .does(given -> given.commandLine().getParent().usage(given.commandLine().getOut())),
            new CommandBuilder("version", "Tells the version of Quarry and of the JVM.")
                .does(given -> given.print(version() + "\n")),
            CompletionCommand.spec());
  }

  private static String version() {
    return "quarry %s (JVM %s, %s)"
        .formatted(Version.current(), Runtime.version(), System.getProperty("os.arch"));
  }

  /// Runs the command that the arguments end at.
  private static int dispatch(ParseResult arguments) {
    Integer helped = CommandLine.executeHelpRequest(arguments);
    if (helped != null) {
      return helped;
    }
    ParseResult last = arguments;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    CommandLine command = last.commandSpec().commandLine();
    if (!(last.commandSpec().userObject() instanceof CommandBuilder.Action action)) {
      throw new ParameterException(command, "a command is missing");
    }
    try {
      action.run(new Invocation(last));
      return CommandLine.ExitCode.OK;
    } catch (ParameterException e) {
      throw e;
    } catch (Exception e) {
      throw new CommandLine.ExecutionException(command, "not done", e);
    }
  }

  private static int wrongUsage(ParameterException e) {
    PrintWriter err = e.getCommandLine().getErr();
    CommandSpec command = e.getCommandLine().getCommandSpec();
    err.println("error: " + e.getMessage());
    if (command.userObject() instanceof CommandBuilder.Action) {
      err.println("  `%s --help` tells what it takes".formatted(command.qualifiedName()));
    } else {
      e.getCommandLine().usage(err);
    }
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  private static int notDone(Exception e, CommandLine command) {
    PrintWriter err = command.getErr();
    if (e instanceof CliException told) {
      err.println("error: " + told.getMessage());
      if (!told.hint().isEmpty()) {
        err.println("  " + told.hint());
      }
    } else {
      err.println("error: Quarry failed in a way it should not: " + e);
      err.println("  please report it, with what `quarry version` says and, from another try with");
      err.println("  the variable QUARRY_DEBUG set, where it failed");
      if (System.getenv("QUARRY_DEBUG") != null) {
        e.printStackTrace(err);
      }
    }
    err.flush();
    return CommandLine.ExitCode.SOFTWARE;
  }
}
