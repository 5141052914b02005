package dev.quarry.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    description = "Prints a script that completes our commands in a shell.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  source <(quarry completion bash)")
final class CompletionCommand implements Runnable {
  /// The shells we write a script for; zsh reads bash's with its `bashcompinit`.
  enum Shell {
    BASH,
    ZSH
  }

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "One of: ${COMPLETION-CANDIDATES}.")
  private Shell shell;

  @Override
  public void run() {
    String script = AutoComplete.bash("quarry", spec.root().commandLine());
    spec.commandLine()
        .getOut()
        .print(
            switch (shell) {
              case BASH -> script;
              case ZSH -> "autoload -U +X bashcompinit && bashcompinit\n" + script;
            });
    spec.commandLine().getOut().flush();
  }
}
