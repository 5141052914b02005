package dev.quarry.objects;

import io.minio.CreateBucketArgs;
import okhttp3.Dns;

/// Buckets of test servers.
final class TestBuckets {

  private TestBuckets() {}

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
