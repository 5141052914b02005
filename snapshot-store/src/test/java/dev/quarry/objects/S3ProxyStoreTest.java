package dev.quarry.objects;

import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedS3Proxy.class)
class S3ProxyStoreTest extends S3StoreContract {
  private S3Settings settings;

  @BeforeAll
  void createBucket(S3ProxyServer server) throws Exception {
    settings = server.settings("quarry-contract");
    TestBuckets.create(settings);
  }

  @Override
  S3Settings settings() {
    return settings;
  }

  /// Where it keeps objects in folders, it removes a folder that is empty while another request is
  /// about to put something there, and tells that one to try again.
  @Override
  ObjectStore raced(ObjectStore raced) {
    return new RetryingStore(raced, Backoff.DEFAULT, StoreTime.system(), new Random(1));
  }
}
