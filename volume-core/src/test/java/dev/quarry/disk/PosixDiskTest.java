package dev.quarry.disk;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class PosixDiskTest extends DiskContract {
  @TempDir Path folder;

  @Override
  protected Disk create() throws Exception {
    return PosixDisk.open(folder.resolve("disk"));
  }
}
