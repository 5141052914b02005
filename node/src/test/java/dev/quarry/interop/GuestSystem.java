package dev.quarry.interop;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Debian's stock kernel, and an initramfs with what a guest needs to use an NBD disk: busybox,
/// nbd-client, e2fsprogs, their libraries, the modules, and our scenarios.
///
/// Nothing is installed: the kernel's package is fetched and unpacked in the build folder, once.
///
/// @param kernel for QEMU's `-kernel`
/// @param initramfs for QEMU's `-initrd`
record GuestSystem(Path kernel, Path initramfs) {
  private static final Path FOLDER = Path.of("target/interop/guest").toAbsolutePath();
  private static final String KERNEL_PACKAGE = "linux-image-cloud-amd64";

  /// Modules the stock kernel needs here, which are not built in.
  private static final List<String> MODULES =
      List.of(
          "drivers/virtio/virtio_ring",
          "drivers/virtio/virtio",
          "drivers/virtio/virtio_pci_legacy_dev",
          "drivers/virtio/virtio_pci_modern_dev",
          "drivers/virtio/virtio_pci",
          "net/core/failover",
          "drivers/net/net_failover",
          "drivers/net/virtio_net",
          "drivers/block/nbd");

  private static final List<Tool> PROGRAMS =
      List.of(Tool.NBD_CLIENT, Tool.MKFS, Tool.E2FSCK, Tool.FSTRIM);

  private static final Pattern LIBRARY = Pattern.compile("/\\S+\\.so\\S*");
  private static final Pattern DEPENDENCY = Pattern.compile("Depends: (linux-image-\\S+)");

  /// Prepares a system.
  ///
  /// @throws org.opentest4j.TestAbortedException if the machine lacks a program, or the kernel's
  ///   package cannot be had
  static GuestSystem prepare() throws IOException, InterruptedException {
    Tool.require(Tool.QEMU_SYSTEM, Tool.BUSYBOX, Tool.LDD, Tool.TIMEOUT);
    Tool.require(Tool.APT_CACHE, Tool.APT_GET, Tool.DPKG_DEB);
    PROGRAMS.forEach(Tool::require);
    if (!System.getProperty("os.arch").equals("amd64")) {
      throw Skip.because("the guest is made of this machine's programs and needs them for x86-64");
    }
    if (Command.of(Tool.LDD, Tool.BUSYBOX.path()).run().exitCode() == 0) {
      throw Skip.because("busybox is not linked statically (package busybox-static)");
    }
    Path packageFolder = unpackKernel();
    return new GuestSystem(
        only(packageFolder.resolve("boot"), "vmlinuz-"), makeInitramfs(packageFolder));
  }

  private static Path unpackKernel() throws IOException, InterruptedException {
    String depends = Command.of(Tool.APT_CACHE, "depends", KERNEL_PACKAGE).run().output();
    String name =
        DEPENDENCY
            .matcher(depends)
            .results()
            .map(match -> match.group(1))
            .findFirst()
            .orElseThrow(
                () -> Skip.because(KERNEL_PACKAGE + " is in none of the machine's package lists"));
    Path unpacked = FOLDER.resolve(name);
    if (Files.exists(unpacked)) {
      return unpacked;
    }
    Path download = FOLDER.resolve("download");
    Folders.delete(FOLDER);
    Files.createDirectories(download);
    Command.Outcome fetched = Command.of(Tool.APT_GET, "download", name).in(download).run();
    if (fetched.exitCode() != 0) {
      throw Skip.because("the package " + name + " cannot be fetched: " + fetched.errors());
    }
    Path half = FOLDER.resolve("half");
    Command.of(Tool.DPKG_DEB, "-x", only(download, name), half).succeed();
    Files.move(half, unpacked, StandardCopyOption.ATOMIC_MOVE);
    Folders.delete(download);
    return unpacked;
  }

  private static Path makeInitramfs(Path packageFolder) throws IOException, InterruptedException {
    Path root = FOLDER.resolve("root");
    Folders.delete(root);
    for (String folder : List.of("bin", "dev", "proc", "sys", "tmp", "modules")) {
      Files.createDirectories(root.resolve(folder));
    }
    install(Path.of(Tool.BUSYBOX.path()), root.resolve("bin/busybox"));
    for (Tool program : PROGRAMS) {
      Path file = Path.of(program.path());
      install(file, root.resolve("bin").resolve(file.getFileName()));
      for (Path library : librariesOf(file)) {
        install(library, root.resolve(Path.of("/").relativize(library)));
      }
    }
    Path modules = only(packageFolder.resolve("lib/modules"), "").resolve("kernel");
    for (String module : MODULES) {
      Path file = modules.resolve(module + ".ko");
      install(file, root.resolve("modules").resolve(file.getFileName()));
    }
    for (Path script : list(scenarios())) {
      install(script, root.resolve("guest").resolve(script.getFileName()));
    }
    install(scenarios().resolve("init"), root.resolve("init"));
    return pack(root);
  }

  private static List<Path> librariesOf(Path program) throws IOException, InterruptedException {
    String output = Command.of(Tool.LDD, program).succeed().output();
    return LIBRARY.matcher(output).results().map(MatchResult::group).map(Path::of).toList();
  }

  private static void install(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// As a cpio archive, which QEMU's machine takes faster as it is than compressed.
  private static Path pack(Path root) throws IOException, InterruptedException {
    Path archive = FOLDER.resolve("initramfs");
    Process cpio =
        new ProcessBuilder(Tool.BUSYBOX.path(), "cpio", "-o", "-H", "newc")
            .directory(root.toFile())
            .redirectOutput(archive.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (Stream<Path> files = Files.walk(root);
        OutputStream names = cpio.getOutputStream()) {
      for (Path file : (Iterable<Path>) files.map(root::relativize)::iterator) {
        if (!file.toString().isEmpty()) {
          names.write((file + "\n").getBytes());
        }
      }
    }
    if (cpio.waitFor() != 0) {
      throw new AssertionError("the initramfs could not be packed");
    }
    return archive;
  }

  private static Path scenarios() {
    try {
      return Path.of(GuestSystem.class.getResource("/interop/guest").toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError("test resources are files", e);
    }
  }

  private static Path only(Path folder, String beginning) throws IOException {
    List<Path> found =
        list(folder).stream()
            .filter(p -> p.getFileName().toString().startsWith(beginning))
            .toList();
    if (found.size() != 1) {
      throw new AssertionError("%s* in %s: %s".formatted(beginning, folder, found));
    }
    return found.getFirst();
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted(Comparator.naturalOrder()).toList();
    }
  }
}
