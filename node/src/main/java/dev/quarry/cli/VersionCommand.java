package dev.quarry.cli;

import dev.quarry.node.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "version",
    description = "Tells the version of Quarry and of the JVM it runs on.",
    mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer>, IVersionProvider {
  @Spec private CommandSpec spec;

  @Override
  public String[] getVersion() {
    return new String[] {
      "quarry %s (JVM %s, %s)"
          .formatted(Version.current(), Runtime.version(), System.getProperty("os.arch"))
    };
  }

  @Override
  public Integer call() {
    spec.commandLine().getOut().println(getVersion()[0]);
    return 0;
  }
}
