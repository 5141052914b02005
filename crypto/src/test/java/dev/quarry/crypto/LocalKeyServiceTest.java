package dev.quarry.crypto;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class LocalKeyServiceTest extends KeyServiceContract {
  @TempDir private Path folder;
  private final Stores stores = new Stores();
  private LocalKeyService service;

  @BeforeEach
  void create() {
    service = stores.create(folder.resolve("keys"));
  }

  @AfterEach
  void close() {
    service.close();
  }

  @Override
  KeyService service() {
    return service;
  }

  @Override
  void pass(Duration duration) {
    stores.clock.advance(duration);
    service.rotateDue();
    service.purgeDue();
  }
}
