package dev.quarry.interop;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/// A program that the suites drive, and the Debian package that brings it.
enum Tool {
  APT_CACHE("apt-cache", "apt"),
  APT_GET("apt-get", "apt"),
  BUSYBOX("busybox", "busybox-static"),
  CMP("cmp", "diffutils"),
  CP("cp", "coreutils"),
  DEBUGFS("debugfs", "e2fsprogs"),
  DPKG_DEB("dpkg-deb", "dpkg"),
  E2FSCK("e2fsck", "e2fsprogs"),
  FIO("fio", "fio"),
  FSTRIM("fstrim", "util-linux"),
  LDD("ldd", "libc-bin"),
  MKFS("mkfs.ext4", "e2fsprogs"),
  MOUNT("mount", "mount"),
  NBDCOPY("nbdcopy", "libnbd-bin"),
  NBDINFO("nbdinfo", "libnbd-bin"),
  NBDKIT("nbdkit", "nbdkit"),
  NBD_CLIENT("nbd-client", "nbd-client"),
  PYTHON("/usr/bin/python3", "python3-libnbd"),
  QEMU_IMG("qemu-img", "qemu-utils"),
  QEMU_IO("qemu-io", "qemu-utils"),
  QEMU_SYSTEM("qemu-system-x86_64", "qemu-system-x86"),
  TIMEOUT("timeout", "coreutils"),
  UMOUNT("umount", "mount");

  /// Where programs are looked for. The distribution's own come first: its Python has libnbd's
  /// module, another one on the path has not.
  static final String SEARCH_PATH = "/usr/bin:/usr/sbin:/bin:/sbin:/usr/local/bin";

  private final String program;
  private final String debianPackage;

  Tool(String program, String debianPackage) {
    this.program = program;
    this.debianPackage = debianPackage;
  }

  /// Where the program is, for a command line.
  ///
  /// @throws TestAbortedException if it is not installed, which skips the test
  String path() {
    return find().map(Path::toString).orElseThrow(() -> Skip.because(missing()));
  }

  /// Skips the test unless all of `tools` are installed.
  static void require(Tool... tools) {
    List<String> missing =
        Arrays.stream(tools).filter(tool -> tool.find().isEmpty()).map(Tool::missing).toList();
    if (!missing.isEmpty()) {
      throw Skip.because(String.join("; ", missing));
    }
  }

  private Optional<Path> find() {
    return Stream.of(SEARCH_PATH.split(File.pathSeparator))
        .map(folder -> Path.of(folder).resolve(program)) // an absolute path stays itself
        .filter(Files::isExecutable)
        .findFirst();
  }

  private String missing() {
    return program + " is not installed (package " + debianPackage + ")";
  }
}
