package dev.quarry;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/// How Java sources look: as google-java-format writes them.
final class SourceFormat {
  private SourceFormat() {}

  /// The files that it would write otherwise, and what it says about files it cannot read.
  static List<String> violations(List<Path> files) {
    List<String> arguments = new ArrayList<>(List.of("--dry-run"));
    files.forEach(file -> arguments.add(file.toString()));
    StringWriter found = new StringWriter();
    try (PrintWriter out = new PrintWriter(found)) {
      ToolProvider formatter = ToolProvider.findFirst("google-java-format").orElseThrow();
      formatter.run(out, out, arguments.toArray(String[]::new));
    }
    return found.toString().lines().toList();
  }
}
