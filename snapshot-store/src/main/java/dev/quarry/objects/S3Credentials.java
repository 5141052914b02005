package dev.quarry.objects;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Who we are to an S3 store. Prints without the secrets.
public sealed interface S3Credentials {

  /// Keys as they are.
  ///
  /// @param sessionToken of temporary keys
  record Keys(String accessKey, String secretKey, Optional<String> sessionToken)
      implements S3Credentials {
    public Keys {
      if (accessKey.isEmpty() || secretKey.isEmpty()) {
        throw new IllegalArgumentException("access key or secret key is empty");
      }
    }

    @Override
    public String toString() {
      return "Keys(" + accessKey + ")";
    }
  }

  /// A profile of a credentials file as Amazon's tools write it. The file is read for each request,
  /// so that new keys are used as soon as they are there.
  record Profile(Path file, String name) implements S3Credentials {}

  /// Keys that do not expire.
  static S3Credentials of(String accessKey, String secretKey) {
    return new Keys(accessKey, secretKey, Optional.empty());
  }

  /// Looks where Amazon's and MinIO's tools look: in a profile if one is named, by the caller or by
  /// `AWS_PROFILE`; else in the variables `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and
  /// `AWS_SESSION_TOKEN`; else in `MINIO_ACCESS_KEY` and `MINIO_SECRET_KEY`; else in the profile
  /// `default`. The file with the profiles is `AWS_SHARED_CREDENTIALS_FILE` or `.aws/credentials`
  /// in the home folder.
  ///
  /// (Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files" and
  /// "Environment variables"; MinIO SDK documentation, "Credential providers".)
  ///
  /// @param environment such as System.getenv()
  static S3Credentials find(Map<String, String> environment, Path home, Optional<String> profile) {
    Path file =
        variable(environment, "AWS_SHARED_CREDENTIALS_FILE")
            .map(Path::of)
            .orElse(home.resolve(".aws").resolve("credentials"));
    return profile
        .or(() -> variable(environment, "AWS_PROFILE"))
        .<S3Credentials>map(name -> new Profile(file, name))
        .or(() ->
            keys(
                environment,
                "AWS_ACCESS_KEY_ID",
                "AWS_SECRET_ACCESS_KEY",
                variable(environment, "AWS_SESSION_TOKEN")))
        .or(() -> keys(environment, "MINIO_ACCESS_KEY", "MINIO_SECRET_KEY", Optional.empty()))
        .orElseGet(() -> new Profile(file, "default"));
  }

  private static Optional<S3Credentials> keys(
      Map<String, String> environment, String access, String secret, Optional<String> token) {
    return variable(environment, access)
        .flatMap(accessKey ->
            variable(environment, secret).map(secretKey -> new Keys(accessKey, secretKey, token)));
  }

  private static Optional<String> variable(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }
}
