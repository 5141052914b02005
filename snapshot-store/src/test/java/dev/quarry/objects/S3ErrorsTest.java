package dev.quarry.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3ErrorsTest {

  private static S3Failure answer(int status, String body, String retryAfter) throws Exception {
    return S3Failure.of(
        new Response.Builder()
            .request(new Request.Builder().url("http://host/").build())
            .protocol(Protocol.HTTP_1_1)
            .code(status)
            .message("")
            .header("Retry-After", retryAfter)
            .body(ResponseBody.create(body, null))
            .build());
  }

  private static String xml(String code) {
    return "<?xml version=\"1.0\"?><Error><Code>"
        + code
        + "</Code><Message>as it is</Message></Error>";
  }

  @ParameterizedTest
  @CsvSource({
    "400, BadDigest, Unavailable",
    "400, XAmzContentSHA256Mismatch, Unavailable",
    "400, RequestTimeout, Unavailable",
    "400, InvalidArgument, Denied",
    "400, ExpiredToken, Denied",
    "401, '', Denied",
    "403, AccessDenied, Denied",
    "403, SignatureDoesNotMatch, Denied",
    "403, QuotaExceeded, Full",
    "404, NoSuchBucket, Denied",
    "408, '', Unavailable",
    "409, ConditionalRequestConflict, Unavailable",
    "409, OperationAborted, Unavailable",
    "429, TooManyRequests, Unavailable",
    "301, PermanentRedirect, Denied",
    "307, TemporaryRedirect, Denied",
    "500, InternalError, Unavailable",
    "501, NotImplemented, Unsafe",
    "502, '', Unavailable",
    "503, SlowDown, Unavailable",
    "503, '', Unavailable",
    "504, '', Unavailable",
    "507, XMinioStorageFull, Full",
    "507, '', Full",
  })
  void answer_isTheErrorThatSaysWhatToDo(int status, String code, String kind) throws Exception {
    ObjectStoreException e = S3Errors.failed("put", "a/b", answer(status, xml(code), "nonsense"));
    assertEquals(kind, e.getClass().getSimpleName());
    assertTrue(e.getMessage().startsWith("put failed name=a/b status=" + status), e.getMessage());
  }

  @Test
  void answer_thatIsNoXml_isTakenByItsStatus() throws Exception {
    S3Failure failure = answer(503, "<html><h1>Out to lunch</h1>", "30");
    assertEquals("", failure.code());
    assertEquals(Optional.of(Duration.ofSeconds(30)), failure.retryAfter());
    ObjectStoreException e = S3Errors.failed("get", "a", failure);
    assertEquals(
        Optional.of(Duration.ofSeconds(30)), ((ObjectStoreException.Unavailable) e).retryAfter());
  }

  @Test
  void answer_veryLong_isReadInPart() throws Exception {
    S3Failure failure = answer(500, xml("InternalError") + " ".repeat(10_000_000), "0");
    assertEquals("InternalError", failure.code());
  }

  @Test
  void network_failures_areUnavailable() {
    ObjectStoreException e = S3Errors.failed("get", "a", new SocketTimeoutException("timeout"));
    assertEquals(ObjectStoreException.Unavailable.class, e.getClass());
  }

  @Test
  void handshake_failures_areDenied() {
    ObjectStoreException e = S3Errors.failed("get", "a", new SSLHandshakeException("no path"));
    assertEquals(ObjectStoreException.Denied.class, e.getClass());
  }
}
