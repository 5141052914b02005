package dev.quarry.objects;

import java.io.IOException;
import java.io.Serial;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Interceptor;
import okhttp3.Response;

/// An answer of an S3 server that is an error: its status, and what the body says.
final class S3Failure extends IOException {
  @Serial private static final long serialVersionUID = 1;

  /// More than any S3 error has.
  private static final int MAX_BODY_BYTES = 64 * 1024;

  private static final Pattern CODE = Pattern.compile("<Code>\\s*([^<]{1,100}?)\\s*</Code>");
  private static final Pattern TEXT = Pattern.compile("<Message>\\s*([^<]{1,300})");
  private static final Pattern SECONDS = Pattern.compile("\\d{1,6}");

  private final int status;
  private final String code;
  private final String retryAfter;

  private S3Failure(int status, String code, String text, String retryAfter) {
    super("status=%d code=%s text=%s".formatted(status, code, text));
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  static S3Failure of(Response response) throws IOException {
    String body = response.peekBody(MAX_BODY_BYTES).string();
    return new S3Failure(
        response.code(),
        first(CODE, body),
        first(TEXT, body),
        response.headers().get("Retry-After"));
  }

  private static String first(Pattern pattern, String body) {
    Matcher matcher = pattern.matcher(body);
    return matcher.find() ? matcher.group(1) : "";
  }

  /// The HTTP status.
  int status() {
    return status;
  }

  /// S3's name of the error, such as `NoSuchKey`; empty for an answer to HEAD, which has no body.
  String code() {
    return code;
  }

  /// How long the server asks to be left alone. (RFC 9110, section 10.2.3; its other form, a date,
  /// is not used by S3 servers.)
  Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter)
        .filter(text -> SECONDS.matcher(text).matches())
        .map(text -> Duration.ofSeconds(Long.parseLong(text)));
  }

  /// Throws a failure instead of answering it: the client's own exceptions do not tell the status
  /// of every answer.
  static final Interceptor THROW =
      chain -> {
        Response response = chain.proceed(chain.request());
        if (response.isSuccessful()) {
          return response;
        }
        try (response) {
          throw of(response);
        }
      };
}
