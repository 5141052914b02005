package dev.quarry.objects;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class DirectoryStoreTest extends FolderStoreContract {
  @TempDir Path folder;

  @Override
  ObjectStore create() throws Exception {
    return DirectoryStore.open(Files.createTempDirectory(folder, "store").resolve("objects"));
  }
}
