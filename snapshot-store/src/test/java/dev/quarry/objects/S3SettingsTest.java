package dev.quarry.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quarry.objects.S3Settings.Addressing;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class S3SettingsTest {
  private static final S3Credentials KEYS = S3Credentials.of("id", "secret");

  private static S3Settings of(String endpoint, String bucket, String region) {
    return S3Settings.of(URI.create(endpoint), bucket, region, KEYS);
  }

  @Test
  void addressing_isWhatTheServerAsksFor() {
    assertEquals(
        Addressing.HOST, of("https://s3.amazonaws.com", "bucket", "eu-west-1").addressing());
    assertEquals(Addressing.PATH, of("http://127.0.0.1:9000", "bucket", "us-east-1").addressing());
    assertEquals(
        Addressing.HOST,
        of("http://127.0.0.1:9000", "bucket", "us-east-1")
            .withAddressing(Addressing.HOST)
            .addressing());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "ftp://host",
        "http://",
        "http:///x",
        "http://host/path",
        "http://host?x=1",
        "http://me:secret@host"
      })
  void endpoint_thatIsNone_isRefused(String endpoint) {
    assertThrows(IllegalArgumentException.class, () -> of(endpoint, "bucket", "us-east-1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ab", "Bucket", "-bucket", "bucket-", "a_b_c", "a/b/c"})
  void bucket_thatIsNone_isRefused(String bucket) {
    assertThrows(IllegalArgumentException.class, () -> of("http://host", bucket, "us-east-1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "eu west", "eu/west"})
  void region_thatIsNone_isRefused(String region) {
    assertThrows(IllegalArgumentException.class, () -> of("http://host", "bucket", region));
  }

  @Test
  void limits_thatLetNothingThrough_areRefused() {
    S3Settings settings = of("http://host", "bucket", "us-east-1");
    assertThrows(IllegalArgumentException.class, () -> settings.withConnections(0));
    assertThrows(
        IllegalArgumentException.class,
        () -> settings.withTimeouts(Duration.ZERO, Duration.ofSeconds(1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> settings.withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(-1)));
  }

  @Test
  void settings_print_withoutTheSecret() {
    String text = of("http://host", "bucket", "us-east-1").toString();
    assertFalse(text.contains("secret"), text);
  }
}
