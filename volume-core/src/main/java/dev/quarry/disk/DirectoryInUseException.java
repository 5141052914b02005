package dev.quarry.disk;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/// A directory is locked by somebody else. Stop that process, or use another directory.
public final class DirectoryInUseException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  DirectoryInUseException(Path directory, String holder) {
    super(
        "the directory is in use by another node; stop that one or use another directory"
            + " directory=%s pid=%s".formatted(directory, holder));
  }
}
