package dev.quarry.objects;

import io.minio.Http;
import io.minio.MinioAsyncClient;
import io.minio.credentials.AwsConfigProvider;
import io.minio.credentials.Provider;
import io.minio.credentials.StaticProvider;
import io.minio.errors.MinioException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.Dns;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/// The MinIO client of one [S3Store], with the connections and threads it uses, which end when it
/// is closed.
final class S3Connection implements AutoCloseable {
  /// Less than servers keep idle connections for, so that few requests meet one just closed.
  private static final int KEEP_ALIVE_SECONDS = 15;

  private final OkHttpClient http;
  private final MinioAsyncClient client;

  private S3Connection(OkHttpClient http, MinioAsyncClient client) {
    this.http = http;
    this.client = client;
  }

  static S3Connection open(S3Settings settings, Dns dns) throws ObjectStoreException {
    OkHttpClient http = trusting(settings, httpClient(settings, dns));
    Provider credentials = provider(settings.credentials());
    try {
      credentials.fetch();
    } catch (RuntimeException e) {
      throw S3Errors.failed("open", settings.bucket(), e);
    }
    MinioAsyncClient client =
        MinioAsyncClient.builder()
            .endpoint(settings.endpoint().toString())
            .region(settings.region())
            .credentialsProvider(credentials)
            .httpClient(http)
            .build();
    switch (settings.addressing()) {
      case PATH -> client.disableVirtualStyleEndpoint();
      case HOST -> client.enableVirtualStyleEndpoint();
    }
    return new S3Connection(http, client);
  }

  private static OkHttpClient httpClient(S3Settings settings, Dns dns) {
    ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("s3-", 0).factory());
    Dispatcher dispatcher = new Dispatcher(threads);
    dispatcher.setMaxRequests(settings.connections());
    dispatcher.setMaxRequestsPerHost(settings.connections());
    return new OkHttpClient.Builder()
        .dispatcher(dispatcher)
        .connectionPool(
            new ConnectionPool(settings.connections(), KEEP_ALIVE_SECONDS, TimeUnit.SECONDS))
        // One connection for each request in flight: streams of one HTTP/2 connection share its
        // flow-control window.
        .protocols(List.of(Protocol.HTTP_1_1))
        .dns(dns)
        .connectTimeout(settings.idle())
        .readTimeout(settings.idle())
        .writeTimeout(settings.idle())
        .callTimeout(settings.request())
        // A put that is silently sent again is answered "already there" by its own first try.
        .retryOnConnectionFailure(false)
        // A redirected request would carry a signature for another host.
        .followRedirects(false)
        .followSslRedirects(false)
        .addInterceptor(S3Failure.THROW)
        .build();
  }

  private static OkHttpClient trusting(S3Settings settings, OkHttpClient http)
      throws ObjectStoreException {
    if (settings.certificates().isEmpty()) {
      return http;
    }
    String file = settings.certificates().get().toString();
    try {
      return Http.enableExternalCertificates(http, file, null);
    } catch (MinioException e) {
      throw new ObjectStoreException.Denied(
          "certificates cannot be read file=%s error=%s".formatted(file, e.getCause()), e);
    }
  }

  private static Provider provider(S3Credentials credentials) {
    return switch (credentials) {
      case S3Credentials.Keys keys ->
          new StaticProvider(keys.accessKey(), keys.secretKey(), keys.sessionToken().orElse(null));
      case S3Credentials.Profile profile ->
          new AwsConfigProvider(profile.file().toString(), profile.name());
    };
  }

  MinioAsyncClient client() {
    return client;
  }

  @Override
  public void close() {
    http.dispatcher().cancelAll();
    http.dispatcher().executorService().shutdown();
    http.connectionPool().evictAll();
  }
}
