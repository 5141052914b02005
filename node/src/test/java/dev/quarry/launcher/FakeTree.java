package dev.quarry.launcher;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// A source tree, JDKs and a Maven made of shell scripts, around the real launcher.
///
/// The fake JVM prints its path and its arguments, a line each. The fake Maven notes that it ran,
/// in `mvn.log`, and leaves what the real one would.
final class FakeTree {
  private static final List<String> TOOLS =
      List.of(
          "awk",
          "cat",
          "cp",
          "date",
          "find",
          "flock",
          "grep",
          "head",
          "id",
          "mkdir",
          "mktemp",
          "mv",
          "readlink",
          "rm",
          "sed",
          "sleep",
          "tail",
          "timeout");
  private static final List<String> MODULES =
      List.of("crypto", "volume-core", "snapshot-store", "nbd-server", "node", "bench");

  private final Path folder;
  private final Map<String, String> environment = new TreeMap<>();

  /// @param folder where everything is made
  FakeTree(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(root());
    Files.copy(launcher(), root().resolve("quarry"));
    write("tree with spaces/pom.xml", "<jvm.flags>-Dflag=one -Dother=two</jvm.flags>\n");
    for (String module : MODULES) {
      write("tree with spaces/" + module + "/pom.xml", "");
      write("tree with spaces/" + module + "/src/main/java/A.java", "");
      write("tree with spaces/" + module + "/src/main/java/B.java", "");
    }
    Files.createDirectories(folder.resolve("bin"));
    for (String tool : TOOLS) {
      script("bin/" + tool, "exec " + which(tool) + " \"$@\"\n");
    }
    script(
        "bin/mvn",
        """
        echo "mvn $*" >>"$FAKE/mvn.log"
        echo "JAVA_HOME=$JAVA_HOME" >>"$FAKE/mvn.log"
        if [ -e "$FAKE/mvn.fails" ]; then echo 'the compiler said no'; exit 1; fi
        sleep "${FAKE_MVN_SECONDS:-0}"
        tree="$FAKE/tree with spaces"
        mkdir -p "$tree/node/target" "$tree/crypto/target" "$tree/bench/target"
        echo node >"$tree/node/target/node-1.jar"
        echo bench >"$tree/bench/target/bench-1.jar"
        echo crypto >"$tree/crypto/target/crypto-1.jar"
        echo slf4j >"$FAKE/slf4j.jar"
        printf %s "$tree/crypto/target/crypto-1.jar:$FAKE/slf4j.jar" >"$tree/bench/target/classpath"
        if [ -d "$FAKE/reports" ]; then
          mkdir -p "$tree/node/target/surefire-reports"
          cp "$FAKE"/reports/* "$tree/node/target/surefire-reports/"
        fi
        """);
    set("FAKE", folder.toString());
    set("HOME", folder.toString());
    set("PATH", folder.resolve("bin").toString());
    set("QUARRY_JVM_FOLDERS", folder.resolve("jvms").toString());
  }

  Path root() {
    return folder.resolve("tree with spaces");
  }

  /// A JDK by its release file; returns its folder.
  Path jdk(String path, String version) throws IOException {
    write(path + "/release", "IMPLEMENTOR=\"Fake\"\nJAVA_VERSION=\"" + version + "\"\n");
    script(path + "/bin/javac", "");
    script(
        path + "/bin/java",
        """
        for argument in "$@"; do
          case $argument in
            -XX:AOTConfiguration=*) echo classes >"${argument#*=}" ;;
            -XX:AOTMode=create) create=yes ;;
            -XX:AOTCache=*) if [ "${create:-}" ]; then echo aot >"${argument#*=}"; fi ;;
            -XX:AOTCacheOutput=*) output=${argument#*=} ;;
            block) exec sleep 60 ;;
          esac
        done
        if [ "${output:-}" ]; then
          if [ -e "$FAKE/node.fails" ]; then exit 1; fi
          trap 'kill $!; echo aot >"$output"; exit 143' TERM
          echo READY
          sleep 60 &
          wait
        fi
        printf '%s\\n' "$0" "$@"
        """);
    return folder.resolve(path);
  }

  void set(String variable, String value) {
    environment.put(variable, value);
  }

  void write(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void script(String path, String text) throws IOException {
    write(path, "#!/bin/sh\n" + text);
    Files.setPosixFilePermissions(
        folder.resolve(path), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// How often Maven ran.
  long builds() throws IOException {
    return mavenLog().stream().filter(line -> line.startsWith("mvn ")).count();
  }

  List<String> mavenLog() throws IOException {
    Path log = folder.resolve("mvn.log");
    return Files.exists(log) ? Files.readAllLines(log) : List.of();
  }

  /// What a launch left behind.
  record Result(int exitCode, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  /// Launches and waits.
  Result run(String... arguments) throws IOException, InterruptedException {
    return run(root().resolve("quarry"), folder, arguments);
  }

  /// Launches by a path, in a working folder, and waits.
  Result run(Path launcher, Path workingFolder, String... arguments)
      throws IOException, InterruptedException {
    return result(start(launcher, workingFolder, arguments));
  }

  static Result result(Running running) throws IOException, InterruptedException {
    if (!running.process.waitFor(60, TimeUnit.SECONDS)) {
      running.process.destroyForcibly();
      throw new AssertionError("the launcher did not end");
    }
    return new Result(
        running.process.exitValue(), Files.readString(running.out), Files.readString(running.err));
  }

  /// A launch under way.
  record Running(Process process, Path out, Path err) {}

  Running start(String... arguments) throws IOException {
    return start(root().resolve("quarry"), folder, arguments);
  }

  private Running start(Path launcher, Path workingFolder, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(folder, "run", ".out");
    Path err = Files.createTempFile(folder, "run", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(workingFolder.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return new Running(builder.start(), out, err);
  }

  /// The real one, in the tree above the working folder, which Maven sets to a module's.
  private static Path launcher() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("quarry")) || !Files.exists(root.resolve("LICENSE"))) {
      root = root.getParent();
      if (root == null) {
        throw new IllegalStateException("no launcher above the working folder");
      }
    }
    return root.resolve("quarry");
  }

  private static Path which(String tool) {
    for (String path : System.getenv("PATH").split(":")) {
      Path candidate = Path.of(path, tool);
      if (Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    throw new IllegalStateException("no " + tool + " on the PATH");
  }
}
