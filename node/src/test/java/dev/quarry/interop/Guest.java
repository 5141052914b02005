package dev.quarry.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A virtual machine with a real Linux kernel that uses a volume; processors are emulated.
///
/// What it prints on its serial line goes to a log file; the lines that its scenario says can be
/// waited for.
final class Guest implements AutoCloseable {
  private static final String PREFIX = "quarry: ";
  private static final int TAIL_LINES = 60;

  /// Ends the machine even if this process is killed.
  private static final Duration LIFE = Duration.ofMinutes(15);

  private final Process qemu;
  private final Path log;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition printed = lock.newCondition();
  private final List<String> lines = new ArrayList<>(); // guarded by lock
  private boolean off; // guarded by lock

  private Guest(Process qemu, Path log) {
    this.qemu = qemu;
    this.log = log;
  }

  /// Boots a machine that runs a scenario on a volume and then powers off.
  ///
  /// @param scenario a script of the resource folder `interop/guest`
  /// @param parameters for it
  static Guest boot(
      GuestSystem system, String scenario, ServedVolume volume, Map<String, Object> parameters)
      throws IOException {
    StringBuilder words = new StringBuilder("console=ttyS0 quiet panic=-1");
    words.append(" quarry.scenario=").append(scenario);
    words.append(" quarry.export=").append(volume.export());
    words.append(" quarry.port=").append(volume.tcpPort());
    words.append(" quarry.size=").append(volume.sizeBytes());
    parameters.forEach((name, value) -> words.append(" quarry." + name + "=" + value));
    Process qemu =
        new ProcessBuilder(
                Tool.TIMEOUT.path(),
                "--kill-after=5",
                LIFE.toSeconds() + "s",
                Tool.QEMU_SYSTEM.path(),
                "-accel",
                "tcg",
                "-cpu",
                "max",
                "-smp",
                "2",
                "-m",
                "512",
                "-display",
                "none",
                "-monitor",
                "none",
                "-serial",
                "stdio",
                "-no-reboot",
                "-nodefaults",
                "-kernel",
                system.kernel().toString(),
                "-initrd",
                system.initramfs().toString(),
                "-append",
                words.toString(),
                "-netdev",
                "user,id=net",
                "-device",
                "virtio-net-pci,netdev=net,romfile=")
            .redirectErrorStream(true)
            .start();
    qemu.getOutputStream().close();
    Guest guest =
        new Guest(
            qemu, Path.of("target/interop/guest-%s-%s.log".formatted(scenario, volume.export())));
    Thread.ofVirtual().name("guest-console").start(guest::readConsole);
    return guest;
  }

  /// Waits until the scenario says something.
  ///
  /// @throws AssertionError if it does not in time, or the machine powers off before
  void awaitLine(String text, Duration limit) throws InterruptedException {
    long nanos = limit.toNanos();
    lock.lockInterruptibly();
    try {
      while (!lines.contains(PREFIX + text)) {
        if (off || nanos <= 0) {
          throw new AssertionError(
              "the guest did not say \"%s\" %s; the end of %s:\n%s"
                  .formatted(text, off ? "and is off" : "in " + limit, log, tail()));
        }
        nanos = printed.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Waits until the scenario has ended well.
  void awaitPass(Duration limit) throws InterruptedException {
    awaitLine("passed", limit);
  }

  /// How many numbers, from 0, the scenario has reported as synced.
  int syncedCount() {
    lock.lock();
    try {
      return (int) lines.stream().filter(line -> line.startsWith(PREFIX + "synced ")).count();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    cutPower();
  }

  /// Ends the machine at once, whatever it is doing.
  void cutPower() {
    qemu.descendants().forEach(ProcessHandle::destroyForcibly);
    try {
      qemu.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      qemu.destroyForcibly();
    }
  }

  private void readConsole() {
    try (BufferedReader console = qemu.inputReader(StandardCharsets.UTF_8);
        Writer file = Files.newBufferedWriter(log)) {
      String line;
      while ((line = console.readLine()) != null) {
        file.append(line).append('\n').flush();
        print(line.strip());
      }
    } catch (IOException e) {
      print("the console broke: " + e);
    } finally {
      end();
    }
  }

  private void print(String line) {
    lock.lock();
    try {
      lines.add(line);
      printed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    lock.lock();
    try {
      off = true;
      printed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private String tail() {
    return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
  }
}
