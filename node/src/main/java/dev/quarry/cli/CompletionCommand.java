package dev.quarry.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Model.CommandSpec;

/// Prints a script that completes our commands in a shell.
final class CompletionCommand {
  static final String NAME = "completion";

  /// The shells we write a script for; zsh reads bash's with its `bashcompinit`.
  enum Shell {
    BASH,
    ZSH
  }

  private CompletionCommand() {}

  static CommandSpec spec() {
    return new CommandBuilder(NAME, "Prints a script that completes our commands in a shell.")
        .argument("SHELL", "The shell.", Shell.class)
        .examples("source <(quarry completion bash)")
        .does(CompletionCommand::run);
  }

  private static void run(Invocation given) {
    String script = AutoComplete.bash("quarry", given.commandLine().getParent());
    given.print(
        switch (given.<Shell>argument()) {
          case BASH -> script;
          case ZSH -> "autoload -U +X bashcompinit && bashcompinit\n" + script;
        });
  }
}
