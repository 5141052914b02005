package dev.quarry.objects;

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
}
