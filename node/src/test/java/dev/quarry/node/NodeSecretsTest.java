package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.quarry.NbdConnection;
import dev.quarry.cli.CommandRun;
import dev.quarry.crypto.Argon2Cost;
import dev.quarry.crypto.Evidence;
import dev.quarry.crypto.KeyRealm;
import dev.quarry.crypto.LocalKeySettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// Runs a node with encrypted volumes through its life, and searches its answers, its logs and all
/// files in its data folder for every key it drew: raw, in hexadecimal digits and in Base64.
final class NodeSecretsTest {
  /// All that is written to the volumes' sparse files, and all of the others.
  private static final int SEARCHED_BYTES = 1 << 20;

  @TempDir private Path folder;

  /// Remembers what it gave out that is large enough for a key.
  private static final class RecordingRandom extends SecureRandom {
    private static final long serialVersionUID = 1;
    private final transient List<byte[]> drawn = new ArrayList<>();

    @Override
    public void nextBytes(byte[] bytes) {
      super.nextBytes(bytes);
      if (drawn != null && bytes.length >= 32) {
        synchronized (drawn) {
          drawn.add(bytes.clone());
        }
      }
    }
  }

  @Test
  void keys_appearNowhere_butTheRootKeyInItsFile() throws Exception {
    RecordingRandom random = new RecordingRandom();
    List<String> said = new ArrayList<>();
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    Level before = root.getLevel();
    root.setLevel(Level.TRACE);
    logged.start();
    root.addAppender(logged);
    Path data = folder.resolve("data");
    try {
      live(data, random, said);
    } finally {
      root.detachAppender(logged);
      root.setLevel(before);
    }
    for (ILoggingEvent event : List.copyOf(logged.list)) {
      said.add(event.getFormattedMessage() + event.getKeyValuePairs());
    }
    assertTrue(said.size() > 20, "said: " + said.size());

    byte[] rootKey =
        HexFormat.of().parseHex(Files.readString(data.resolve("keys/root.key")).strip());
    List<byte[]> secrets = secrets(data, random.drawn);
    assertTrue(secrets.stream().anyMatch(secret -> secret.length == 64), "no data key");
    assertTrue(secrets.stream().anyMatch(secret -> Arrays.equals(secret, rootKey)));
    for (String text : said) {
      assertAbsent(text.getBytes(StandardCharsets.UTF_8), secrets, "what was said");
    }
    int files = 0;
    for (Path file : files(data)) {
      List<byte[]> searched =
          file.endsWith("root.key")
              ? secrets.stream().filter(secret -> !Arrays.equals(secret, rootKey)).toList()
              : secrets;
      assertAbsent(read(file), searched, file.toString());
      files++;
    }
    assertTrue(files > 8, "files: " + files);
  }

  @Test
  void search_findsWhatIsThere() throws Exception {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    for (int shift = 0; shift < 3; shift++) {
      byte[] longer = new byte[secret.length + shift + 5];
      System.arraycopy(secret, 0, longer, shift, secret.length);
      assertTrue(Searched.of(longer).holds(secret));
      assertTrue(Searched.of(Base64.getEncoder().encode(longer)).holds(secret));
      String hex = HexFormat.of().withUpperCase().formatHex(longer);
      assertTrue(Searched.of(hex.getBytes(StandardCharsets.US_ASCII)).holds(secret));
    }
    assertFalse(Searched.of(new byte[100]).holds(secret));
  }

  private void live(Path data, SecureRandom random, List<String> said) throws Exception {
    HostPort anyPort = HostPort.parse("127.0.0.1:0");
    NodeSettings settings =
        new NodeSettings(data, anyPort, NodeSettings.defaultSocket(data), anyPort);
    LocalKeySettings local =
        new LocalKeySettings(
            KeyRealm.standard(),
            new Argon2Cost(8, 1, 1),
            new ManualClock(),
            random,
            Evidence.REQUIRED);
    said.add(settings + " " + local);
    for (int starts = 0; starts < 2; starts++) {
      try (Node node = Node.start(settings, local)) {
        said.add(node + " " + node.file());
        String volume = "v" + starts;
        run(data, said, "volume", "create", "--size", "1GiB", "--name", volume, "--encrypted");
        try (NbdConnection client = new NbdConnection(HostPort.parse(node.file().nbd()), volume)) {
          assertEquals(0, client.write(0, new byte[1 << 16]));
          assertEquals(0, client.flush());
          said.add(client.toString());
        }
        run(data, said, "key", "rotate", "alias/aws/ebs");
        for (String line :
            List.of(
                "volume list",
                "key list",
                "key show alias/aws/ebs",
                "key alias list",
                "key audit",
                "key audit --verify",
                "settings show",
                "status",
                "key create --alias alias/web" + starts,
                "key disable alias/web" + starts)) {
          run(data, said, line.split(" "));
        }
        run(data, said, "key", "show", "alias/none");
        run(data, said, "key", "rotate", "alias/web" + starts);
      }
    }
  }

  private static void run(Path data, List<String> said, String... words) {
    for (String format : List.of("table", "json")) {
      String[] all =
          Stream.concat(Stream.of(words), Stream.of("--output", format)).toArray(String[]::new);
      said.add(CommandRun.on(data, all).toString());
    }
  }

  /// What was drawn, without the salts of the key file and of wrapped keys, which are public.
  private static List<byte[]> secrets(Path data, List<byte[]> drawn) throws IOException {
    List<byte[]> salts = new ArrayList<>();
    salts.add(Arrays.copyOfRange(Files.readAllBytes(data.resolve("keys/keyfile")), 24, 56));
    Pattern wrapped = Pattern.compile("\"wrappedDataKey\" : \"([^\"]+)\"");
    for (Path file : files(data)) {
      if (file.endsWith("volume.json")) {
        Matcher found = wrapped.matcher(Files.readString(file, StandardCharsets.UTF_8));
        if (found.find()) {
          byte[] blob = Base64.getDecoder().decode(found.group(1));
          salts.add(Arrays.copyOfRange(blob, 26, 58)); // docs/formats-keys.md, ciphertext blob
        }
      }
    }
    return List.copyOf(drawn).stream()
        .filter(secret -> salts.stream().noneMatch(salt -> Arrays.equals(salt, secret)))
        .toList();
  }

  private static List<Path> files(Path data) throws IOException {
    try (Stream<Path> paths = Files.walk(data)) {
      return paths.filter(Files::isRegularFile).toList();
    }
  }

  private static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(SEARCHED_BYTES);
    }
  }

  private static void assertAbsent(byte[] where, List<byte[]> secrets, String what) {
    Searched searched = Searched.of(where);
    for (byte[] secret : secrets) {
      assertFalse(searched.holds(secret), "a key is in " + what);
    }
  }

  /// Bytes as text, and the same in lower case.
  private record Searched(String text, String lower) {
    static Searched of(byte[] bytes) {
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      return new Searched(text, text.toLowerCase(Locale.ROOT));
    }

    /// Whether a secret is in them, in one of the forms it could be written in.
    boolean holds(byte[] secret) {
      return text.contains(new String(secret, StandardCharsets.ISO_8859_1))
          || lower.contains(HexFormat.of().formatHex(secret))
          || base64Parts(secret).stream().anyMatch(text::contains);
    }
  }

  /// The secret's Base64 at each of the three places that it can have among other bytes, without
  /// the digits that depend on these.
  private static List<String> base64Parts(byte[] secret) {
    List<String> parts = new ArrayList<>();
    for (int shift = 0; shift < 3; shift++) {
      byte[] among = new byte[shift + secret.length];
      System.arraycopy(secret, 0, among, shift, secret.length);
      String digits = Base64.getEncoder().withoutPadding().encodeToString(among);
      parts.add(digits.substring(shift == 0 ? 0 : shift + 1, digits.length() - 2));
    }
    return parts;
  }
}
