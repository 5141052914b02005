package dev.quarry.tls;

import java.nio.file.Path;

/// Whose certificates and keys a folder has, in the files that QEMU, libnbd and nbdkit look for.
enum Holder {
  CA("ca"),
  SERVER("server"),
  CLIENT("client");

  private final String prefix;

  Holder(String prefix) {
    this.prefix = prefix;
  }

  Path certificate(Path folder) {
    return folder.resolve(prefix + "-cert.pem");
  }

  Path key(Path folder) {
    return folder.resolve(prefix + "-key.pem");
  }
}
