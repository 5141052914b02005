package dev.quarry.objects;

import java.security.ProviderException;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/// What a failed S3 request means to the caller: the one place that decides it.
///
/// Sources of the codes: Amazon S3 API Reference, "Error responses"; the error tables of Ceph's
/// gateway and of MinIO for those about quotas.
final class S3Errors {
  private static final Set<String> FULL =
      Set.of(
          "QuotaExceeded",
          "XMinioStorageFull",
          "XMinioAdminBucketQuotaExceeded",
          "InsufficientStorage");

  /// Requests that were damaged on their way, or collided: the same request may work.
  private static final Set<String> PASSING =
      Set.of(
          "BadDigest",
          "XAmzContentSHA256Mismatch",
          "XAmzContentChecksumMismatch",
          "IncompleteBody",
          "RequestTimeout",
          "ConditionalRequestConflict",
          "OperationAborted");

  private S3Errors() {}

  static ObjectStoreException failed(String verb, String name, Throwable cause) {
    String message = "%s failed name=%s %s".formatted(verb, name, describe(cause));
    return switch (cause) {
      case ObjectStoreException already -> already;
      case S3Failure failure -> ofAnswer(message, failure);
      case SSLHandshakeException e -> new ObjectStoreException.Denied(message, e);
      case SSLPeerUnverifiedException e -> new ObjectStoreException.Denied(message, e);
      case ProviderException e ->
          new ObjectStoreException.Denied("no credentials: " + e.getMessage(), e);
      default -> new ObjectStoreException.Unavailable(message, cause);
    };
  }

  private static ObjectStoreException ofAnswer(String message, S3Failure failure) {
    if (FULL.contains(failure.code()) || failure.status() == 507) {
      return new ObjectStoreException.Full(message, failure);
    }
    if (PASSING.contains(failure.code())) {
      return new ObjectStoreException.Unavailable(message, failure, failure.retryAfter());
    }
    return switch (failure.status()) {
      case 501 -> new ObjectStoreException.Unsafe(message);
      case 408, 409, 412, 425, 429 ->
          new ObjectStoreException.Unavailable(message, failure, failure.retryAfter());
      default ->
          failure.status() >= 500
              ? new ObjectStoreException.Unavailable(message, failure, failure.retryAfter())
              : new ObjectStoreException.Denied(message, failure);
    };
  }

  private static String describe(Throwable cause) {
    return cause instanceof S3Failure ? cause.getMessage() : "error=" + cause;
  }
}
