package dev.quarry.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The contract on a bucket of a server that runs for the whole class, and what is promised of S3
/// servers alone. Each test has a folder of its own.
@Tag("servers")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class S3StoreContract extends ObjectStoreContract {
  private final AtomicInteger tests = new AtomicInteger();

  /// A bucket that is there.
  abstract S3Settings settings();

  @Override
  ObjectStore create() throws Exception {
    return open(settings());
  }

  private ObjectStore open(S3Settings settings) throws Exception {
    return PrefixedStore.of(S3Store.open(settings), "t" + tests.incrementAndGet());
  }

  @Test
  void probe_passesAndLeavesNothing() throws Exception {
    try (ObjectStore store = create()) {
      assertEquals(new StoreProbe.Report(true), StoreProbe.run(store, "probe", new Random(1)));
      assertEquals(List.of(), TestObjects.names(store, "", 100));
    }
  }

  @Test
  void put_bytesDamagedOnTheWay_areRefused() throws Exception {
    byte[] bytes = TestObjects.bytes(1, 20_000);
    try (TroubledWire wire = new TroubledWire(settings().endpoint());
        ObjectStore store = open(wire.at(settings()))) {
      wire.next(TroubledWire.Trouble.DAMAGE);
      assertThrows(
          ObjectStoreException.Unavailable.class, () -> store.putIfAbsent("damaged", bytes));
      assertTrue(wire.happened());
      assertEquals(Optional.empty(), store.get("damaged"));
      store.putIfAbsent("damaged", bytes);
      assertArrayEquals(bytes, store.get("damaged").orElseThrow());
    }
  }

  @Test
  void everyVerb_wrongSecret_isDenied() throws Exception {
    S3Settings right = settings();
    String accessKey = ((S3Credentials.Keys) right.credentials()).accessKey();
    checkDenied(
        S3Settings.of(
            right.endpoint(), right.bucket(), right.region(), S3Credentials.of(accessKey, "no")));
  }

  private void checkDenied(S3Settings settings) throws Exception {
    Class<ObjectStoreException.Denied> denied = ObjectStoreException.Denied.class;
    try (ObjectStore store = S3Store.open(settings)) {
      assertThrows(denied, () -> store.putIfAbsent("a", new byte[1]));
      assertThrows(denied, () -> store.get("a"));
      assertThrows(denied, () -> store.getRange("a", 0, 1));
      assertThrows(denied, () -> store.head("a"));
      assertThrows(denied, () -> store.list("", "", 1));
      assertThrows(denied, () -> store.delete("a"));
    }
  }

  @Test
  void bucketThatIsNotThere_isDenied() throws Exception {
    S3Settings right = settings();
    Class<ObjectStoreException.Denied> denied = ObjectStoreException.Denied.class;
    try (ObjectStore store =
        S3Store.open(
            S3Settings.of(
                right.endpoint(), "no-such-bucket", right.region(), right.credentials()))) {
      assertThrows(denied, () -> store.putIfAbsent("a", new byte[1]));
      assertThrows(denied, () -> store.get("a"));
      assertThrows(denied, () -> store.list("", "", 1));
      assertThrows(denied, () -> StoreProbe.run(store, "probe", new Random(1)));
    }
  }
}
