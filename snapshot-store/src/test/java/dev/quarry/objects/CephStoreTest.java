package dev.quarry.objects;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The contract on Ceph, a distributed object store, where it is installed.
@ExtendWith(WhereCephIs.class)
class CephStoreTest extends S3StoreContract {
  private CephServer server;
  private S3Settings settings;

  @BeforeAll
  void startServer(@TempDir Path folder) throws Exception {
    server = CephServer.start(folder);
    settings = server.settings("quarry");
    TestBuckets.create(settings);
  }

  @AfterAll
  void stopServer() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @Override
  S3Settings settings() {
    return settings;
  }
}
