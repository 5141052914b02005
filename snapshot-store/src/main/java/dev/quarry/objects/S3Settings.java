package dev.quarry.objects;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Where a bucket is and how to talk to it.
///
/// @param endpoint `http://host:port` or `https://host`, without a path
/// @param bucket an existing bucket
/// @param region the bucket's region; requests are signed for it
/// @param addressing where the bucket's name goes in a URL
/// @param credentials who we are
/// @param certificates a file of PEM certificates to trust beside the system's
/// @param connections the most requests at one time
/// @param idle how long to wait for a connection, or for a connection to move
/// @param request how long one request may take in all
public record S3Settings(
    URI endpoint,
    String bucket,
    String region,
    Addressing addressing,
    S3Credentials credentials,
    Optional<Path> certificates,
    int connections,
    Duration idle,
    Duration request) {

  /// Where the bucket's name goes in a URL.
  public enum Addressing {
    /// `https://host/bucket/name`: works with every server.
    PATH,
    /// `https://bucket.host/name`: what Amazon asks for.
    HOST
  }

  /// Enough for the packs in flight of a snapshot and the reads of a restore beside them.
  private static final int DEFAULT_CONNECTIONS = 16;

  /// A server that is silent for so long is taken for dead.
  private static final Duration DEFAULT_IDLE = Duration.ofSeconds(20);

  /// The largest object at 1 Mbit/s takes 143 seconds.
  private static final Duration DEFAULT_REQUEST = Duration.ofMinutes(4);

  public S3Settings {
    if (endpoint.getHost() == null
        || !("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme()))
        || !(endpoint.getPath().isEmpty() || endpoint.getPath().equals("/"))
        || endpoint.getQuery() != null
        || endpoint.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "endpoint is not http://HOST[:PORT] or https://HOST[:PORT] endpoint=" + endpoint);
    }
    if (!bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")) {
      throw new IllegalArgumentException(
          "bucket name is not 3 to 63 of a-z 0-9 . - bucket=" + bucket);
    }
    if (!region.matches("[A-Za-z0-9_-]{1,64}")) {
      throw new IllegalArgumentException("region is not a name region=" + region);
    }
    if (connections < 1) {
      throw new IllegalArgumentException("no connection is allowed connections=" + connections);
    }
    if (!idle.isPositive() || !request.isPositive()) {
      throw new IllegalArgumentException(
          "time-out is not positive idle=%s request=%s".formatted(idle, request));
    }
  }

  /// A bucket with the usual settings: addressed as Amazon asks for if it is Amazon's, by path
  /// otherwise.
  public static S3Settings of(
      URI endpoint, String bucket, String region, S3Credentials credentials) {
    String host = String.valueOf(endpoint.getHost());
    boolean amazon = host.endsWith(".amazonaws.com") || host.endsWith(".amazonaws.com.cn");
    return new S3Settings(
        endpoint,
        bucket,
        region,
        amazon ? Addressing.HOST : Addressing.PATH,
        credentials,
        Optional.empty(),
        DEFAULT_CONNECTIONS,
        DEFAULT_IDLE,
        DEFAULT_REQUEST);
  }

  /// Another bucket on the same server.
  public S3Settings withBucket(String name) {
    return new S3Settings(
        endpoint, name, region, addressing, credentials, certificates, connections, idle, request);
  }

  public S3Settings withAddressing(Addressing addressing) {
    return new S3Settings(
        endpoint,
        bucket,
        region,
        addressing,
        credentials,
        certificates,
        connections,
        idle,
        request);
  }

  public S3Settings withCertificates(Path file) {
    return new S3Settings(
        endpoint,
        bucket,
        region,
        addressing,
        credentials,
        Optional.of(file),
        connections,
        idle,
        request);
  }

  public S3Settings withConnections(int connections) {
    return new S3Settings(
        endpoint,
        bucket,
        region,
        addressing,
        credentials,
        certificates,
        connections,
        idle,
        request);
  }

  public S3Settings withTimeouts(Duration idle, Duration request) {
    return new S3Settings(
        endpoint,
        bucket,
        region,
        addressing,
        credentials,
        certificates,
        connections,
        idle,
        request);
  }
}
