package dev.quarry.objects;

import io.minio.GetObjectArgs;
import io.minio.GetObjectResponse;
import io.minio.HeadObjectArgs;
import io.minio.HeadObjectResponse;
import io.minio.ListObjectsV2Args;
import io.minio.MinioAsyncClient;
import io.minio.PutObjectAPIArgs;
import io.minio.RemoveObjectArgs;
import io.minio.messages.Contents;
import io.minio.messages.ListBucketResultV2;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import okhttp3.Dns;
import okhttp3.MediaType;

/// Objects in a bucket of an S3 server, by the MinIO client.
///
/// A put is one conditional PUT (`If-None-Match: *`) that carries checksums: see [S3Headers]. A get
/// of a whole object verifies what came. Nothing is tried again here: see [RetryingStore].
///
/// An S3 server can hold the objects `a` and `a/b`, and this store does not notice. A bucket that
/// does not exist is [ObjectStoreException.Denied], except to [#head], which cannot tell.
public final class S3Store implements ObjectStore {
  private static final MediaType BYTES = MediaType.get("application/octet-stream");

  private final String bucket;
  private final S3Connection connection;
  private final MinioAsyncClient client;
  private final Semaphore turns;
  private final String description;
  private volatile boolean closed;

  private S3Store(S3Settings settings, S3Connection connection) {
    this.bucket = settings.bucket();
    this.connection = connection;
    this.client = connection.client();
    this.turns = new Semaphore(settings.connections(), true);
    this.description = "S3Store(%s/%s)".formatted(settings.endpoint(), bucket);
  }

  /// Makes ready to use a bucket. No request is made: [StoreProbe] tells whether it works.
  ///
  /// @throws ObjectStoreException.Denied if there are no credentials, or the certificates cannot be
  ///   read
  public static S3Store open(S3Settings settings) throws ObjectStoreException {
    return open(settings, Dns.SYSTEM);
  }

  static S3Store open(S3Settings settings, Dns dns) throws ObjectStoreException {
    return new S3Store(settings, S3Connection.open(settings, dns));
  }

  @Override
  public Put putIfAbsent(String name, MemorySegment bytes) throws ObjectStoreException {
    Requests.checkPut(name, bytes);
    // A copy: the client wants an array, and may still send it after this thread was interrupted.
    byte[] copy = bytes.toArray(ValueLayout.JAVA_BYTE);
    PutObjectAPIArgs args =
        PutObjectAPIArgs.builder()
            .bucket(bucket)
            .object(name)
            .headers(S3Headers.ofPut(copy))
            .contentType(BYTES)
            .data(copy, copy.length)
            .build();
    return call(
        "put",
        name,
        () -> {
          try {
            await(client.putObject(args));
            return Put.CREATED;
          } catch (S3Failure failure) {
            if (failure.status() == 412) {
              return Put.EXISTED;
            }
            throw failure;
          }
        });
  }

  @Override
  public Optional<byte[]> get(String name) throws ObjectStoreException {
    GetObjectArgs args =
        GetObjectArgs.builder().bucket(bucket).object(ObjectName.check(name)).build();
    return callIfPresent(
        "get",
        name,
        () -> {
          try (GetObjectResponse answer = await(client.getObject(args))) {
            byte[] bytes = S3Body.whole(name, answer);
            OptionalInt expected = S3Headers.crc32c(answer.headers());
            if (expected.isPresent()) {
              Crc32c.verify(name, bytes, expected.getAsInt());
            }
            return bytes;
          }
        });
  }

  @Override
  public boolean getRange(String name, long offset, MemorySegment into)
      throws ObjectStoreException {
    Requests.checkRange(name, offset, into);
    if (into.byteSize() == 0) {
      return isInside(name, offset, 0); // HTTP has no empty ranges
    }
    GetObjectArgs args =
        GetObjectArgs.builder()
            .bucket(bucket)
            .object(name)
            .offset(offset)
            .length(into.byteSize())
            .build();
    Optional<Boolean> read =
        callIfPresent(
            "get",
            name,
            () -> {
              try (GetObjectResponse answer = await(client.getObject(args))) {
                S3Body.range(name, offset, answer, into);
                return true;
              } catch (S3Failure failure) {
                if (failure.status() == 416) {
                  return false;
                }
                throw failure;
              }
            });
    if (read.isPresent() && !read.get() && isInside(name, offset, into.byteSize())) {
      throw new ObjectStoreException.Unavailable(
          "server refused a range that the object has name=%s offset=%d".formatted(name, offset),
          null);
    }
    return read.orElse(false);
  }

  /// Whether an object is there; throws if it has no such range.
  private boolean isInside(String name, long offset, long length) throws ObjectStoreException {
    Optional<Head> head = head(name);
    if (head.isPresent()) {
      Requests.checkInside(name, offset, length, head.get().sizeBytes());
    }
    return head.isPresent();
  }

  @Override
  public Optional<Head> head(String name) throws ObjectStoreException {
    HeadObjectArgs args =
        HeadObjectArgs.builder().bucket(bucket).object(ObjectName.check(name)).build();
    return callIfPresent(
        "head",
        name,
        () -> {
          HeadObjectResponse answer = await(client.headObject(args));
          return new Head(answer.size(), S3Headers.crc32c(answer.headers()));
        });
  }

  @Override
  public Page list(String prefix, String startAfter, int limit) throws ObjectStoreException {
    Requests.checkList(prefix, startAfter, limit);
    ListObjectsV2Args.Builder args =
        ListObjectsV2Args.builder()
            .bucket(bucket)
            .prefix(prefix)
            .startAfter(startAfter.isEmpty() ? null : startAfter)
            .maxKeys(limit);
    while (true) {
      ListObjectsV2Args request = args.build();
      ListBucketResultV2 result =
          call("list", prefix, () -> await(client.listObjectsV2(request)).result());
      List<Entry> entries = entries(result);
      if (!entries.isEmpty() || !result.isTruncated()) {
        return new Page(entries, result.isTruncated());
      }
      args.continuationToken(result.nextContinuationToken());
    }
  }

  /// What others put into the bucket under names that break the rules is not shown.
  private static List<Entry> entries(ListBucketResultV2 result) {
    List<Entry> entries = new ArrayList<>();
    for (Contents item : result.contents()) {
      if (ObjectName.isValid(item.objectName())) {
        entries.add(new Entry(item.objectName(), item.size()));
      }
    }
    return entries;
  }

  @Override
  public void delete(String name) throws ObjectStoreException {
    RemoveObjectArgs args =
        RemoveObjectArgs.builder().bucket(bucket).object(ObjectName.check(name)).build();
    callIfPresent(
        "delete",
        name,
        () -> {
          await(client.removeObject(args));
          return name;
        });
  }

  @Override
  public void close() {
    closed = true;
    connection.close();
  }

  @Override
  public String toString() {
    return description;
  }

  private interface Request<T> {
    T run() throws IOException, InterruptedException;
  }

  /// Runs a request about one object; nothing if the server says that it is not there.
  private <T> Optional<T> callIfPresent(String verb, String name, Request<T> request)
      throws ObjectStoreException {
    return call(
        verb,
        name,
        () -> {
          try {
            return Optional.of(request.run());
          } catch (S3Failure failure) {
            if (failure.status() == 404 && !failure.code().equals("NoSuchBucket")) {
              return Optional.empty();
            }
            throw failure;
          }
        });
  }

  /// Runs a request when it is its turn, and says what a failure means.
  private <T> T call(String verb, String name, Request<T> request) throws ObjectStoreException {
    if (closed) {
      throw new ObjectStoreException.Stopped("store is closed store=" + this, null);
    }
    try {
      turns.acquire();
      try {
        return request.run();
      } finally {
        turns.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ObjectStoreException.Stopped("%s was interrupted name=%s".formatted(verb, name), e);
    } catch (IOException e) {
      if (closed || Thread.currentThread().isInterrupted()) {
        throw new ObjectStoreException.Stopped("%s was stopped name=%s".formatted(verb, name), e);
      }
      throw S3Errors.failed(verb, name, e);
    }
  }

  /// Waits for an answer. Whoever is interrupted leaves it to close itself when it comes; the time
  /// that a request may take bounds that.
  private static <T> T await(CompletableFuture<T> answer) throws IOException, InterruptedException {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      answer.thenAccept(S3Body::discard);
      throw e;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause
          ? cause
          : new IOException("answer cannot be understood error=" + e.getCause(), e.getCause());
    }
  }
}
