package dev.quarry.crypto;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs through the life of a key store and searches all that it printed, threw or wrote for every
/// secret that it drew: raw, in hexadecimal digits and in base64.
class SecretsTest {
  @TempDir private Path temp;

  /// Remembers what it gave out.
  private static final class RecordingRandom extends SecureRandom {
    private static final long serialVersionUID = 1;
    private final transient List<byte[]> drawn = new ArrayList<>();

    @Override
    public void nextBytes(byte[] bytes) {
      super.nextBytes(bytes);
      if (drawn != null && bytes.length >= 32) {
        drawn.add(bytes.clone());
      }
    }
  }

  @Test
  void secrets_appearNowhere() throws IOException {
    RecordingRandom random = new RecordingRandom();
    Stores stores = new Stores();
    LocalKeySettings settings =
        new LocalKeySettings(
            KeyRealm.standard(), Stores.CHEAP, stores.clock, random, Evidence.REQUIRED);
    Path folder = temp.resolve("keys");
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    List<byte[]> secrets = new ArrayList<>();
    Caller owner = Caller.owner();
    EncryptionContext context = EncryptionContext.ofEbs("vol-1");
    Grant.Created created;
    try (LocalKeyService service = LocalKeyService.create(folder, Stores.SOURCE, settings)) {
      out.println(List.of(settings, Stores.SOURCE, service));
      KeyMetadata key = service.createKey(owner, "d");
      GeneratedKey generated = service.generateDataKey(owner, key.keyId(), context);
      byte[] raw = generated.dataKey().insecureRawBytes(InsecureKeyAccess.granted());
      secrets.add(raw);
      secrets.add(Arrays.copyOf(raw, 32));
      secrets.add(Arrays.copyOfRange(raw, 32, 64));
      secrets.add(subKey(raw, "xts", 64));
      secrets.add(subKey(raw, "snapshot data", 32));
      out.println(generated);
      out.println(service.rotateKeyOnDemand(owner, key.keyId()));
      created =
          service.createGrant(
              owner, key.keyId(), GrantRequest.of("app", Set.of(KeyOperation.DECRYPT)));
      out.println(created);
      out.println(new Caller("app", List.of(created.token())));
      CiphertextBlob blob = generated.wrapped().blob();
      out.println(service.reEncrypt(owner, blob, context, key.keyId(), context));
      byte[] changed = blob.bytes();
      changed[100] ^= 1;
      print(out, () -> service.decrypt(owner, CiphertextBlob.of(changed), context, empty()));
      print(out, () -> service.decrypt(owner, blob, EncryptionContext.empty(), empty()));
      service.disableKey(owner, key.keyId());
      print(out, () -> service.decrypt(owner, blob, context, empty()));
      service.scheduleKeyDeletion(owner, key.keyId(), 7);
      stores.clock.advance(Duration.ofDays(8));
      service.purgeDue();
      print(out, () -> service.decrypt(owner, blob, context, empty()));
      service.changeRootKey(Stores.SOURCE);
      service.auditEntries(1, 1000).forEach(out::println);
      DataKey attached = generated.dataKey();
      attached.close();
      print(out, attached::sectorCipher);
    }
    print(out, () -> LocalKeyService.create(folder, Stores.SOURCE, settings));
    try (RootKeySource.Passphrase passphrase =
        RootKeySource.passphrase("hush-hush-hush".toCharArray())) {
      out.println(passphrase);
      Path other = temp.resolve("other");
      LocalKeyService.create(other, passphrase, settings).close();
      print(out, () -> LocalKeyService.open(other, Stores.SOURCE, settings));
    }
    secrets.add(HexFormat.of().parseHex(Stores.ROOT_KEY));
    secrets.add("hush-hush-hush".getBytes(StandardCharsets.UTF_8));
    Set<String> publicValues =
        Set.of(created.grant().grantId()); // drawn, but no secret; so are salts, see below
    for (byte[] drawn : random.drawn) {
      if (!publicValues.contains(HexFormat.of().formatHex(drawn))) {
        secrets.add(drawn);
      }
    }
    assertTrue(secrets.size() > 10, "secrets: " + secrets.size());

    assertAbsent(printed.toByteArray(), secrets, "what was printed");
    byte[] keyFile = Files.readAllBytes(folder.resolve("keyfile"));
    byte[] salt = Arrays.copyOfRange(keyFile, 24, 56);
    secrets.removeIf(secret -> Arrays.equals(secret, salt));
    assertAbsent(keyFile, secrets, "key file");
    assertAbsent(Files.readAllBytes(folder.resolve("audit.log")), secrets, "audit log");
  }

  @Test
  void search_findsWhatIsThere() {
    byte[] secret = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);
    for (String text :
        List.of(
            "x0123456789abcdefx",
            "x" + HexFormat.of().formatHex(secret).toUpperCase(),
            Base64.getEncoder().encodeToString(secret))) {
      assertThrows(
          AssertionError.class,
          () -> assertAbsent(text.getBytes(StandardCharsets.UTF_8), List.of(secret), "text"));
    }
  }

  private static void assertAbsent(byte[] where, List<byte[]> secrets, String what) {
    String text = new String(where, StandardCharsets.ISO_8859_1);
    String lower = text.toLowerCase();
    for (byte[] secret : secrets) {
      String raw = new String(secret, StandardCharsets.ISO_8859_1);
      String base64 = Base64.getEncoder().withoutPadding().encodeToString(secret);
      assertFalse(text.contains(raw), "raw secret in " + what);
      assertFalse(lower.contains(HexFormat.of().formatHex(secret)), "secret in hex in " + what);
      // without the last digit, which may carry bits of what follows
      assertFalse(
          text.contains(base64.substring(0, base64.length() - 1)), "secret in base64 in " + what);
    }
  }

  private static void print(PrintStream out, Runnable call) {
    Throwable thrown = assertThrows(RuntimeException.class, call::run);
    thrown.printStackTrace(out);
  }

  private static byte[] subKey(byte[] raw, String label, int length) {
    byte[] info = ("quarry data key v1 " + label).getBytes(StandardCharsets.US_ASCII);
    return Hkdf.expand(Hkdf.extract(raw, new byte[0]), info, length);
  }

  private static Optional<String> empty() {
    return Optional.empty();
  }
}
