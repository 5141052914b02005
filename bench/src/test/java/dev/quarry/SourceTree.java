package dev.quarry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The tree of sources that this build is of.
///
/// @param root the folder with the parent pom
record SourceTree(Path root) {
  private static final List<String> MODULES =
      List.of("crypto", "volume-core", "snapshot-store", "nbd-server", "node", "bench");

  /// The tree above the working folder, which Maven sets to a module's.
  static SourceTree here() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("quarry")) || !Files.exists(folder.resolve("LICENSE"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("no source tree above the working folder");
      }
    }
    return new SourceTree(folder);
  }

  /// All Java sources of all modules, those of tests and benchmarks too.
  List<Path> javaFiles() {
    return filesBelow(root, ".java").stream()
        .filter(file -> !root.relativize(file).toString().contains("target/"))
        .toList();
  }

  /// Where the modules' classes are compiled to.
  List<Path> classFolders() {
    return MODULES.stream().map(m -> root.resolve(m).resolve("target/classes")).toList();
  }

  /// The names of the classes that the modules' main sources define, one for each file.
  List<String> mainClasses() {
    return MODULES.stream()
        .map(module -> root.resolve(module).resolve("src/main/java"))
        .flatMap(sources ->
            filesBelow(sources, ".java").stream()
                .map(file -> sources.relativize(file).toString())
                .filter(file -> !file.endsWith("-info.java"))
                .map(file -> file.replace('/', '.').replaceAll("\\.java$", "")))
        .toList();
  }

  static List<Path> filesBelow(Path folder, String suffix) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
