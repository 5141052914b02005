package dev.quarry.node;

import dev.quarry.objects.Backoff;
import dev.quarry.objects.DirectoryStore;
import dev.quarry.objects.LimitedStore;
import dev.quarry.objects.Limits;
import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStoreException;
import dev.quarry.objects.PrefixedStore;
import dev.quarry.objects.RetryingStore;
import dev.quarry.objects.S3Store;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The store of a node's snapshots, with what stands in front of it: tries again, and limits.
///
/// **retrying → limited → opened late → folder or bucket**
///
/// What is put while somebody waits is a few hundred bytes of a log. It does not queue for
/// bandwidth behind packs.
///
/// @param place where it is
/// @param bare what is opened late
/// @param prompt tries again for as long as somebody may be kept waiting for an answer
/// @param patient tries again for as long as it takes: for what is made in the background
record SnapshotStores(
    StoreSettings.Place place, LateStore bare, ObjectStore prompt, ObjectStore patient)
    implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotStores.class);

  /// Nobody waits for it so long; a node that ends does not.
  private static final Duration PATIENT = Duration.ofDays(365);

  static SnapshotStores of(StoreSettings settings, Path dataFolder, NodeTime time) {
    SecureRandom random = new SecureRandom();
    StoreSettings.Place place = settings.in(dataFolder);
    LateStore bare = new LateStore(place.toString(), () -> open(place), random);
    Limits limits = settings.limits();
    Limits unqueued = limits.withPutBytesPerSecond(Limits.UNLIMITED);
    return new SnapshotStores(
        place,
        bare,
        new RetryingStore(
            new LimitedStore(bare, unqueued, time),
            Backoff.DEFAULT.within(settings.patience()),
            time,
            random),
        new RetryingStore(
            new LimitedStore(bare, limits, time), Backoff.DEFAULT.within(PATIENT), time, random));
  }

  private static ObjectStore open(StoreSettings.Place place) throws ObjectStoreException {
    return switch (place) {
      case StoreSettings.Place.InDataFolder _ ->
          throw new IllegalArgumentException("a place in no folder");
      case StoreSettings.Place.Folder(Path path) -> DirectoryStore.open(path);
      case StoreSettings.Place.Bucket(var s3, var prefix) -> {
        ObjectStore bucket = S3Store.open(s3);
        yield prefix.<ObjectStore>map(folder -> PrefixedStore.of(bucket, folder)).orElse(bucket);
      }
    };
  }

  /// Refuses a store, named by the user, that must not be used. One that cannot be reached may be
  /// later.
  void check() throws NodeException {
    try {
      bare.ready();
    } catch (ObjectStoreException.Unsafe e) {
      throw new NodeException(
          e.getMessage(), "name another store with --store, or update that server", e);
    } catch (ObjectStoreException e) {
      LOG.atError()
          .setMessage("store cannot be used; volumes are served, snapshots are refused until it is")
          .addKeyValue("store", place)
          .setCause(e)
          .log();
    }
  }

  /// A name for the place, different for different places.
  String id() {
    return UUID.nameUUIDFromBytes(place.toString().getBytes(StandardCharsets.UTF_8)).toString();
  }

  @Override
  public void close() {
    bare.close();
  }
}
