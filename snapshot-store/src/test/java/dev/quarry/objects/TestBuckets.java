package dev.quarry.objects;

import io.minio.CreateBucketArgs;
import java.time.Duration;
import okhttp3.Dns;

/// Buckets of test servers.
final class TestBuckets {

  private TestBuckets() {}

  /// The same settings for a server that shares a busy machine with the tests: it may be a minute
  /// before it comes to answer, and nothing is wrong then.
  static S3Settings patient(S3Settings settings) {
    return settings.withTimeouts(Duration.ofSeconds(100), Duration.ofMinutes(4));
  }

  /// Makes a bucket.
  static void create(S3Settings settings) throws Exception {
    create(settings, Dns.SYSTEM);
  }

  static void create(S3Settings settings, Dns dns) throws Exception {
    try (S3Connection connection = S3Connection.open(settings, dns)) {
      connection
          .client()
          .createBucket(CreateBucketArgs.builder().bucket(settings.bucket()).build())
          .get();
    }
  }
}
