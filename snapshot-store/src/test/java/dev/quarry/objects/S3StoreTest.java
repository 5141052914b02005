package dev.quarry.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.objects.ObjectStore.Put;
import dev.quarry.objects.TroubledWire.Trouble;
import io.minio.PutObjectAPIArgs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import okhttp3.Dns;
import okhttp3.MediaType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// An [S3Store] on bad days: a troubled network, TLS, a bucket that others use too.
@Tag("servers")
@Timeout(300)
@ExtendWith(SharedS3Proxy.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3StoreTest {
  private static final byte[] BYTES = TestObjects.bytes(1, 20_000);
  private static final Class<ObjectStoreException.Unavailable> UNAVAILABLE =
      ObjectStoreException.Unavailable.class;

  private S3ProxyServer server;
  private S3Settings settings;
  private TroubledWire wire;
  private S3Store store;
  private int test;

  @BeforeAll
  void createBucket(S3ProxyServer shared) throws Exception {
    server = shared;
    settings = server.settings("quarry-trouble");
    TestBuckets.create(settings);
  }

  @BeforeEach
  void openStore() throws Exception {
    test++;
    wire = new TroubledWire(settings.endpoint());
    store = S3Store.open(wire.at(settings));
  }

  @AfterEach
  void closeStore() throws Exception {
    store.close();
    wire.close();
  }

  /// A name that no other test uses.
  private String name(String leaf) {
    return "t" + test + "/" + leaf;
  }

  private ObjectStore retrying() {
    return new RetryingStore(store, Backoff.DEFAULT, new ManualStoreTime(), new Random(1));
  }

  @Test
  void put_answerIsLost_isUnavailableAndThere() throws Exception {
    wire.next(Trouble.LOSE_ANSWER);
    assertThrows(UNAVAILABLE, () -> store.putIfAbsent(name("a"), BYTES));
    assertArrayEquals(BYTES, store.get(name("a")).orElseThrow());
  }

  @Test
  void put_answerIsLostAndTriedAgain_isOurs() throws Exception {
    wire.next(Trouble.LOSE_ANSWER);
    assertEquals(Put.CREATED, retrying().putIfAbsent(name("a"), BYTES));
    assertTrue(wire.happened());
    assertArrayEquals(BYTES, store.get(name("a")).orElseThrow());
  }

  /// The connection is one that was used before, where the client could try again by itself.
  @Test
  void put_answerIsLostOnAnOldConnection_isOurs() throws Exception {
    store.head(name("a"));
    wire.next(Trouble.LOSE_ANSWER);
    assertEquals(Put.CREATED, retrying().putIfAbsent(name("a"), BYTES));
    wire.next(Trouble.LOSE_ANSWER);
    assertEquals(Put.EXISTED, retrying().putIfAbsent(name("a"), new byte[5]));
  }

  @Test
  void put_connectionIsReset_isUnavailable() throws Exception {
    wire.next(Trouble.RESET);
    assertThrows(UNAVAILABLE, () -> store.putIfAbsent(name("a"), BYTES));
    assertEquals(Optional.empty(), store.get(name("a")));
  }

  @Test
  void everyVerb_connectionIsReset_isTriedAgain() throws Exception {
    ObjectStore again = retrying();
    wire.next(Trouble.RESET);
    assertEquals(Put.CREATED, again.putIfAbsent(name("a"), BYTES));
    wire.next(Trouble.RESET);
    assertArrayEquals(BYTES, again.get(name("a")).orElseThrow());
    wire.next(Trouble.RESET);
    assertEquals(BYTES.length, again.head(name("a")).orElseThrow().sizeBytes());
    wire.next(Trouble.RESET);
    assertEquals(List.of(name("a")), TestObjects.names(again, name(""), 10));
    wire.next(Trouble.RESET);
    again.delete(name("a"));
    assertEquals(Optional.empty(), again.get(name("a")));
  }

  @Test
  void get_answerEndsEarly_isUnavailable() throws Exception {
    store.putIfAbsent(name("a"), BYTES);
    wire.next(Trouble.CUT_ANSWER);
    assertThrows(UNAVAILABLE, () -> store.get(name("a")));
    wire.next(Trouble.CUT_ANSWER);
    assertThrows(UNAVAILABLE, () -> store.getRange(name("a"), 0, BYTES.length));
    wire.next(Trouble.CUT_ANSWER);
    assertThrows(UNAVAILABLE, () -> store.list(name(""), "", 10));
  }

  @Test
  void everyVerb_serverAsksForPatience_saysHowLong() {
    wire.next(Trouble.SLOW_DOWN);
    var e = assertThrows(UNAVAILABLE, () -> store.get(name("a")));
    assertEquals(Optional.of(Duration.ofSeconds(7)), e.retryAfter());
    assertTrue(e.getMessage().contains("SlowDown"), e.getMessage());
  }

  @Test
  void get_serverIsSilent_isUnavailableInTime() throws Exception {
    S3Settings impatient =
        wire.at(settings).withTimeouts(Duration.ofMillis(200), Duration.ofSeconds(60));
    try (S3Store store = S3Store.open(impatient)) {
      wire.next(Trouble.STALL);
      assertThrows(UNAVAILABLE, () -> store.get(name("a")));
      assertTrue(wire.happened());
    }
  }

  @Test
  void put_takesLongerThanARequestMay_isUnavailable() throws Exception {
    S3Settings impatient =
        wire.at(settings).withTimeouts(Duration.ofSeconds(60), Duration.ofMillis(200));
    try (S3Store store = S3Store.open(impatient)) {
      wire.next(Trouble.STALL);
      assertThrows(UNAVAILABLE, () -> store.putIfAbsent(name("a"), BYTES));
    }
  }

  @Test
  void interruptedThread_doesNotWaitForTheServer() throws Exception {
    wire.next(Trouble.STALL);
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              Throwable thrown =
                  assertThrows(
                      ObjectStoreException.class, () -> store.putIfAbsent(name("a"), BYTES));
              ended.complete(
                  Thread.currentThread().isInterrupted() ? thrown : new AssertionError());
            });
    while (!wire.happened()) {
      Thread.onSpinWait();
    }
    thread.interrupt();
    assertEquals(ObjectStoreException.Stopped.class, ended.get().getClass());
  }

  @Test
  void close_whileARequestHangs_endsIt() throws Exception {
    wire.next(Trouble.STALL);
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(() ->
            ended.complete(assertThrows(ObjectStoreException.class, () -> store.get(name("a")))));
    while (!wire.happened()) {
      Thread.onSpinWait();
    }
    store.close();
    assertEquals(ObjectStoreException.Stopped.class, ended.get().getClass());
  }

  @Test
  void close_leavesNoConnectionAndNoThread() throws Exception {
    List<Callable<Put>> puts = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String name = name("o" + i);
      puts.add(() -> store.putIfAbsent(name, BYTES));
    }
    TestObjects.race(puts);
    assertTrue(wire.connections() > 0);

    store.close();

    while (wire.connections() > 0) {
      Thread.onSpinWait(); // the time limit of the test ends it
    }
    // What is left is shared by all clients of a JVM, and made not to hold it up.
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      boolean ours = thread.getName().startsWith("s3-") || thread.getName().contains("OkHttp");
      assertFalse(ours && !thread.isDaemon(), thread.toString());
    }
  }

  @Test
  void requests_atOneTime_areNoMoreThanAllowed() throws Exception {
    try (S3Store narrow = S3Store.open(wire.at(settings).withConnections(3))) {
      List<Callable<Put>> puts = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        String name = name("o" + i);
        puts.add(() -> narrow.putIfAbsent(name, BYTES));
      }
      TestObjects.race(puts);
      assertTrue(wire.mostConnections() <= 3, "at one time " + wire.mostConnections());
    }
  }

  @Test
  void get_objectThatRotted_isCorrupt() throws Exception {
    store.putIfAbsent(name("a"), BYTES);
    byte[] wrong = BYTES.clone();
    wrong[12_345] ^= 1;
    Files.write(server.file(settings.bucket(), name("a")), wrong);
    assertThrows(ObjectStoreException.Corrupt.class, () -> store.get(name("a")));
  }

  @Test
  void get_objectLargerThanAnyOfOurs_isCorrupt() throws Exception {
    putForeign(name("large"), new byte[ObjectStore.MAX_OBJECT_BYTES + 1]);
    assertThrows(ObjectStoreException.Corrupt.class, () -> store.get(name("large")));
  }

  @Test
  void list_namesOfOthers_areNotShown() throws Exception {
    for (int i = 0; i < 5; i++) {
      putForeign(name("1 foreign " + i), new byte[1]);
    }
    putForeign(name(".hidden"), new byte[1]);
    store.putIfAbsent(name("2-ours"), BYTES);
    assertEquals(List.of(name("2-ours")), TestObjects.names(store, name(""), 2));
    assertEquals(List.of(name("2-ours")), TestObjects.names(store, name(""), 1000));
  }

  private void putForeign(String name, byte[] bytes) throws Exception {
    try (S3Connection connection = S3Connection.open(settings, Dns.SYSTEM)) {
      connection
          .client()
          .putObject(
              PutObjectAPIArgs.builder()
                  .bucket(settings.bucket())
                  .object(name)
                  .contentType(MediaType.get("text/plain"))
                  .data(bytes, bytes.length)
                  .build())
          .get();
    }
  }

  @Test
  void bucketInTheHost_works(@TempDir Path folder) throws Exception {
    try (S3ProxyServer hosts = S3ProxyServer.startForHosts(folder)) {
      S3Settings inHost = hosts.hostSettings("quarry-host");
      TestBuckets.create(inHost, hosts.dns());
      try (S3Store host = S3Store.open(inHost, hosts.dns())) {
        assertEquals(Put.CREATED, host.putIfAbsent("a/b", BYTES));
        assertEquals(Put.EXISTED, host.putIfAbsent("a/b", BYTES));
        assertEquals(List.of("a/b"), TestObjects.names(host, "a/", 10));
      }
      assertArrayEquals(BYTES, Files.readAllBytes(hosts.file("quarry-host", "a/b")));
    }
  }

  @Test
  void tls_certificateThatIsTrusted_works() throws Exception {
    S3Settings tls = server.tlsSettings(settings.bucket()).withCertificates(server.certificate());
    try (S3Store secure = S3Store.open(tls)) {
      assertEquals(Put.CREATED, secure.putIfAbsent(name("a"), BYTES));
      assertEquals(Put.EXISTED, secure.putIfAbsent(name("a"), BYTES));
      assertArrayEquals(BYTES, secure.get(name("a")).orElseThrow());
    }
  }

  @Test
  void tls_certificateThatIsNotTrusted_isDenied() throws Exception {
    try (S3Store secure = S3Store.open(server.tlsSettings(settings.bucket()))) {
      assertThrows(ObjectStoreException.Denied.class, () -> secure.get(name("a")));
    }
  }

  @Test
  void open_certificatesThatAreNone_isDenied(@TempDir Path folder) throws Exception {
    S3Settings tls = server.tlsSettings(settings.bucket());
    Path none = folder.resolve("none.pem");
    assertThrows(ObjectStoreException.Denied.class, () -> S3Store.open(tls.withCertificates(none)));
    Path garbage = Files.writeString(folder.resolve("garbage.pem"), "garbage");
    assertThrows(
        ObjectStoreException.Denied.class, () -> S3Store.open(tls.withCertificates(garbage)));
  }

  @Test
  void open_withoutCredentials_isDenied(@TempDir Path home) {
    S3Settings without =
        S3Settings.of(
            settings.endpoint(),
            settings.bucket(),
            settings.region(),
            S3Credentials.find(Map.of(), home, Optional.empty()));
    ObjectStoreException e =
        assertThrows(ObjectStoreException.Denied.class, () -> S3Store.open(without));
    assertTrue(e.getMessage().contains("credentials"), e.getMessage());
  }

  @Test
  void credentialsOfAProfile_work(@TempDir Path home) throws Exception {
    Files.createDirectory(home.resolve(".aws"));
    Files.writeString(
        home.resolve(".aws/credentials"),
        """
        [default]
        aws_access_key_id = wrong
        aws_secret_access_key = wrong

        [quarry]
        aws_access_key_id = quarry-test
        aws_secret_access_key = quarry-test-secret
        """);
    S3Credentials profile = S3Credentials.find(Map.of(), home, Optional.of("quarry"));
    try (S3Store named =
        S3Store.open(
            S3Settings.of(settings.endpoint(), settings.bucket(), settings.region(), profile))) {
      assertEquals(Put.CREATED, named.putIfAbsent(name("a"), BYTES));
    }
  }

  @Test
  void serverThatIsNotThere_isUnavailable() throws Exception {
    wire.close();
    assertThrows(UNAVAILABLE, () -> store.get(name("a")));
  }
}
