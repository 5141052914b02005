package dev.quarry.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class S3CredentialsTest {
  private static final Path HOME = Path.of("/home/somebody");
  private static final Path FILE = HOME.resolve(".aws/credentials");

  private static S3Credentials find(Map<String, String> environment) {
    return S3Credentials.find(environment, HOME, Optional.empty());
  }

  private static S3Credentials keys(String accessKey, String secretKey) {
    return S3Credentials.of(accessKey, secretKey);
  }

  @Test
  void find_nothingSet_isTheDefaultProfile() {
    assertEquals(new S3Credentials.Profile(FILE, "default"), find(Map.of()));
  }

  @Test
  void find_amazonVariables_areKeys() {
    Map<String, String> environment =
        new HashMap<>(Map.of("AWS_ACCESS_KEY_ID", "id", "AWS_SECRET_ACCESS_KEY", "secret"));
    assertEquals(keys("id", "secret"), find(environment));
    environment.put("AWS_SESSION_TOKEN", "token");
    assertEquals(new S3Credentials.Keys("id", "secret", Optional.of("token")), find(environment));
  }

  @Test
  void find_minioVariables_areKeysUnlessThereAreAmazons() {
    Map<String, String> environment =
        new HashMap<>(Map.of("MINIO_ACCESS_KEY", "mid", "MINIO_SECRET_KEY", "msecret"));
    environment.put("AWS_SESSION_TOKEN", "of other keys");
    assertEquals(keys("mid", "msecret"), find(environment));
    environment.remove("AWS_SESSION_TOKEN");
    environment.putAll(Map.of("AWS_ACCESS_KEY_ID", "id", "AWS_SECRET_ACCESS_KEY", "secret"));
    assertEquals(keys("id", "secret"), find(environment));
  }

  @Test
  void find_halfAPair_isNotUsed() {
    assertEquals(
        new S3Credentials.Profile(FILE, "default"),
        find(Map.of("AWS_ACCESS_KEY_ID", "id", "AWS_SECRET_ACCESS_KEY", " ")));
  }

  @Test
  void find_namedProfile_comesFirst() {
    Map<String, String> environment =
        Map.of(
            "AWS_ACCESS_KEY_ID", "id",
            "AWS_SECRET_ACCESS_KEY", "secret",
            "AWS_PROFILE", "work",
            "AWS_SHARED_CREDENTIALS_FILE", "/etc/keys");
    assertEquals(new S3Credentials.Profile(Path.of("/etc/keys"), "work"), find(environment));
    assertEquals(
        new S3Credentials.Profile(Path.of("/etc/keys"), "home"),
        S3Credentials.find(environment, HOME, Optional.of("home")));
  }

  @Test
  void keys_print_withoutTheSecrets() {
    String text = new S3Credentials.Keys("id", "secret", Optional.of("token")).toString();
    assertFalse(text.contains("secret") || text.contains("token"), text);
  }

  @Test
  void keys_empty_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> keys("", "secret"));
    assertThrows(IllegalArgumentException.class, () -> keys("id", ""));
  }
}
