package dev.quarry.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The NBD devices of this machine's kernel, `nbd0` and on.
///
/// A device that is connected has a file `pid` in sysfs, which names the nbd-client process that
/// serves it; the process' command line tells the export (Linux, Documentation/ABI and
/// drivers/block/nbd.c).
final class KernelDevices {
  private final Path root;

  /// @param root where `sys` and `proc` are: `/`, or a folder made up by a test
  KernelDevices(Path root) {
    this.root = root;
  }

  /// Whether the kernel's driver is there at all.
  boolean present() {
    return !devices().isEmpty();
  }

  /// The first device that is not connected, such as `/dev/nbd0`.
  Optional<String> firstFree() {
    return devices().stream().filter(d -> pid(d).isEmpty()).findFirst().map(d -> "/dev/" + d);
  }

  /// The device that is connected to a volume, under any of the names that it is exported by.
  Optional<String> connectedTo(List<String> exportNames) {
    return devices().stream()
        .filter(device -> export(device).filter(exportNames::contains).isPresent())
        .findFirst()
        .map(device -> "/dev/" + device);
  }

  private List<String> devices() {
    Path block = root.resolve("sys/block");
    try (Stream<Path> entries = Files.list(block)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.matches("nbd[0-9]+"))
          .sorted(Comparator.comparingInt(name -> Integer.parseInt(name.substring(3))))
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<String> pid(String device) {
    return text(root.resolve("sys/block").resolve(device).resolve("pid")).map(String::strip);
  }

  private Optional<String> export(String device) {
    return pid(device)
        .flatMap(pid -> text(root.resolve("proc").resolve(pid).resolve("cmdline")))
        .flatMap(line -> exportOf(Arrays.asList(line.split("\0"))));
  }

  /// The export that an nbd-client's arguments ask for.
  static Optional<String> exportOf(List<String> arguments) {
    for (int i = 0; i + 1 < arguments.size(); i++) {
      if (List.of("-N", "-name", "--name").contains(arguments.get(i))) {
        return Optional.of(arguments.get(i + 1));
      }
    }
    return Optional.empty();
  }

  /// A file of the kernel's; nothing if it is gone, as these come and go with devices.
  private static Optional<String> text(Path file) {
    try {
      return Optional.of(Files.readString(file));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
