package dev.quarry.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command line `quarry`.
///
/// Exit codes: 0 done, 1 not done (the message says why and what to do), 2 wrong usage.
@Command(
    name = "quarry",
    description = "Block storage with the semantics of Amazon EBS.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ServeCommand.class,
      StatusCommand.class,
      VolumeCommand.class,
      AttachCommand.class,
      DetachCommand.class,
      VersionCommand.class,
      CompletionCommand.class,
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  quarry serve --data /srv/quarry",
      "  quarry volume create --size 20GiB --name db",
      "  quarry attach db --exec",
      "",
      "In a source tree, also: quarry build, quarry test, quarry format.",
    })
final class Quarry implements Runnable {
  @Spec private CommandSpec spec;

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
  static int run(PrintWriter out, PrintWriter err, String... args) {
    return commandLine().setOut(out).setErr(err).execute(args);
  }

  static CommandLine commandLine() {
    return new CommandLine(new Quarry())
        .registerConverter(ByteSize.class, ByteSize::parse)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(Quarry::wrongUsage)
        .setExecutionExceptionHandler((e, command, _) -> notDone(e, command));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command");
  }

  private static int wrongUsage(ParameterException e, String[] args) {
    PrintWriter err = e.getCommandLine().getErr();
    err.println("error: " + e.getMessage());
    err.println(
        "  `"
            + e.getCommandLine().getCommandSpec().qualifiedName()
            + " --help` tells what it takes");
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
      err.println("  please report it, with the command and its version (`quarry version`)");
    }
    err.flush();
    return CommandLine.ExitCode.SOFTWARE;
  }
}
