package dev.quarry.objects;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// The contract on Ceph, a distributed object store, where it is installed.
class CephStoreTest extends S3StoreContract {
  private CephServer server;
  private S3Settings settings;

  @BeforeAll
  void startServer(@TempDir Path folder) throws Exception {
    Optional<String> missing = CephServer.missing();
    if (missing.isPresent()) {
      System.out.println("SKIPPED: the tests on Ceph: " + missing.get());
      abort(missing.get());
    }
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
