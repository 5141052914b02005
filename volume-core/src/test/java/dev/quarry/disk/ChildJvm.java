package dev.quarry.disk;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Another JVM, to be killed: what it printed until then is read here.
public final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader lines;

  private ChildJvm(Process process) {
    this.process = process;
    this.lines = process.inputReader();
  }

  /// Starts a class with the class path and flags of this JVM.
  public static ChildJvm start(Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Xshare:auto");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return new ChildJvm(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  /// Its process id.
  public long pid() {
    return process.pid();
  }

  /// The next line it prints; waits for it.
  public String line() throws IOException {
    String line = lines.readLine();
    if (line == null) {
      throw new IOException("child ended exit=" + process.onExit().join().exitValue());
    }
    return line;
  }

  /// Kills it (SIGKILL) and gives the lines it had printed and nobody read.
  public List<String> kill() throws IOException {
    process.toHandle().destroyForcibly(); // Process.destroyForcibly would close the pipe as well
    process.onExit().join();
    List<String> left = new ArrayList<>();
    for (String line; (line = lines.readLine()) != null; ) {
      left.add(line);
    }
    return left;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
