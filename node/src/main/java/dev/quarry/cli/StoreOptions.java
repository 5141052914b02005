package dev.quarry.cli;

import dev.quarry.node.StoreSettings;
import dev.quarry.objects.Limits;
import dev.quarry.objects.S3Credentials;
import dev.quarry.objects.S3Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The options that say where a node keeps its snapshots.
///
/// @param environment of the process, where Amazon's tools look for credentials and regions
/// @param home the user's home folder, where they look for the rest
record StoreOptions(Map<String, String> environment, Path home) {
  private static final String STORE = "--store";
  private static final String ENDPOINT = "--s3-endpoint";
  private static final String REGION = "--s3-region";
  private static final String PATH_STYLE = "--s3-path-style";
  private static final String HOST_STYLE = "--s3-host-style";
  private static final String ACCESS_KEY = "--s3-access-key";
  private static final String SECRET_KEY_FILE = "--s3-secret-key-file";
  private static final String PROFILE = "--s3-profile";
  private static final String CERTIFICATES = "--s3-certificates";
  private static final String BANDWIDTH = "--store-bandwidth";

  private static final String SCHEME = "s3://";

  /// Where Amazon's own requests go when nobody says otherwise.
  private static final String DEFAULT_REGION = "us-east-1";

  /// Those of this process and its user.
  static StoreOptions ofProcess() {
    return new StoreOptions(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /// Adds them to a command.
  static CommandBuilder addTo(CommandBuilder command) {
    return command
        .option(
            STORE,
            "DIR|s3://BUCKET/PREFIX",
            "Where to keep snapshots: a folder, or a bucket of an S3 server. Default: snapshots in"
                + " the data folder.")
        .option(
            ENDPOINT,
            "URL",
            "The S3 server, such as http://127.0.0.1:9000. Default: Amazon's of the region.")
        .option(
            REGION,
            "REGION",
            "The bucket's region. Default: variable AWS_REGION or AWS_DEFAULT_REGION, or"
                + " us-east-1.")
        .flag(PATH_STYLE, "Ask for http://HOST/BUCKET, which is the default but for Amazon's.")
        .flag(HOST_STYLE, "Ask for http://BUCKET.HOST, which is the default for Amazon's.")
        .option(
            ACCESS_KEY,
            "ID",
            "The access key; its secret is in the file of --s3-secret-key-file. Default: variables"
                + " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or ~/.aws/credentials.")
        .option(SECRET_KEY_FILE, "FILE", "The file that has the secret key and nothing else.")
        .option(PROFILE, "NAME", "The profile in ~/.aws/credentials to take the keys from.")
        .option(CERTIFICATES, "FILE", "Certificates (PEM) to trust beside the system's.")
        .option(
            BANDWIDTH,
            "SIZE",
            "The most to send to the store, and the most to get from it, a second: 50MiB.",
            ByteSize.class,
            ByteSize::parse);
  }

  /// What was given.
  StoreSettings of(Invocation given) {
    return new StoreSettings(place(given), limits(given), StoreSettings.DEFAULT_PATIENCE);
  }

  private static Limits limits(Invocation given) {
    Optional<ByteSize> bandwidth = given.optional(BANDWIDTH);
    if (bandwidth.isEmpty()) {
      return Limits.NONE;
    }
    long rate = bandwidth.get().bytes();
    if (rate < 1 || rate > Limits.UNLIMITED) {
      throw given.wrongUsage(BANDWIDTH + " takes more than 0 and at most 1 TB a second");
    }
    return Limits.NONE.withPutBytesPerSecond(rate).withGetBytesPerSecond(rate);
  }

  private StoreSettings.Place place(Invocation given) {
    Optional<String> store = given.text(STORE);
    if (store.isPresent() && store.get().startsWith(SCHEME)) {
      return bucket(given, store.get());
    }
    Stream.of(ENDPOINT, REGION, ACCESS_KEY, SECRET_KEY_FILE, PROFILE, CERTIFICATES)
        .filter(option -> given.text(option).isPresent())
        .findFirst()
        .ifPresent(option -> {
          throw given.wrongUsage(option + " goes with --store s3://BUCKET");
        });
    return store
        .<StoreSettings.Place>map(path -> new StoreSettings.Place.Folder(Path.of(path)))
        .orElseGet(StoreSettings.Place.InDataFolder::new);
  }

  private StoreSettings.Place bucket(Invocation given, String store) {
    String[] parts = store.substring(SCHEME.length()).split("/", 2);
    Optional<String> prefix =
        Stream.of(parts)
            .skip(1)
            .map(text -> text.replaceAll("/+$", ""))
            .filter(text -> !text.isEmpty())
            .findFirst();
    String region =
        given
            .text(REGION)
            .or(() -> variable("AWS_REGION"))
            .or(() -> variable("AWS_DEFAULT_REGION"))
            .orElse(DEFAULT_REGION);
    String endpoint =
        given
            .text(ENDPOINT)
            .or(() -> variable("AWS_ENDPOINT_URL_S3"))
            .orElse("https://s3.%s.amazonaws.com".formatted(region));
    try {
      S3Settings settings =
          S3Settings.of(URI.create(endpoint), parts[0], region, credentials(given));
      return new StoreSettings.Place.Bucket(styled(given, settings), prefix);
    } catch (IllegalArgumentException e) {
      throw given.wrongUsage(e.getMessage());
    }
  }

  private static S3Settings styled(Invocation given, S3Settings usual) {
    if (given.flag(PATH_STYLE) && given.flag(HOST_STYLE)) {
      throw given.wrongUsage(PATH_STYLE + " and " + HOST_STYLE + " exclude each other");
    }
    S3Settings settings =
        given.text(CERTIFICATES).map(file -> usual.withCertificates(Path.of(file))).orElse(usual);
    if (given.flag(PATH_STYLE)) {
      return settings.withAddressing(S3Settings.Addressing.PATH);
    }
    return given.flag(HOST_STYLE) ? settings.withAddressing(S3Settings.Addressing.HOST) : settings;
  }

  private S3Credentials credentials(Invocation given) {
    Optional<String> accessKey = given.text(ACCESS_KEY);
    Optional<String> secretFile = given.text(SECRET_KEY_FILE);
    if (accessKey.isPresent() != secretFile.isPresent()) {
      throw given.wrongUsage(ACCESS_KEY + " and " + SECRET_KEY_FILE + " go together");
    }
    return accessKey
        .map(key -> S3Credentials.of(key, secret(Path.of(secretFile.orElseThrow()))))
        .orElseGet(() -> S3Credentials.find(environment, home, given.text(PROFILE)));
  }

  private static String secret(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new CliException(
          "the secret key cannot be read: " + e, "name the right file with " + SECRET_KEY_FILE);
    }
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }
}
