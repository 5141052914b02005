package dev.quarry.objects;

import java.io.IOException;
import java.io.Serial;
import java.time.Duration;
import java.util.Optional;

/// A store could not do what was asked. One kind for each thing a caller would do differently.
public abstract sealed class ObjectStoreException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private ObjectStoreException(String message, Throwable cause) {
    super(message, cause);
  }

  /// It failed now and may work later: the store is out of reach, overloaded or too slow, or bytes
  /// were damaged on their way. Try again. A put or a delete may have had its effect, or may have
  /// it later.
  public static final class Unavailable extends ObjectStoreException {
    @Serial private static final long serialVersionUID = 1;

    /// Serializable stand-in for an Optional: null if the store did not say.
    private final Duration retryAfter;

    public Unavailable(String message, Throwable cause) {
      this(message, cause, Optional.empty());
    }

    /// @param retryAfter how long the store asks to be left alone
    public Unavailable(String message, Throwable cause, Optional<Duration> retryAfter) {
      super(message, cause);
      this.retryAfter = retryAfter.orElse(null);
    }

    /// How long the store asks to be left alone, if it does.
    public Optional<Duration> retryAfter() {
      return Optional.ofNullable(retryAfter);
    }
  }

  /// The store refuses: wrong credentials, no permission, no such bucket, a read-only folder.
  /// Trying again does not help; somebody has to change the settings. The request had no effect.
  public static final class Denied extends ObjectStoreException {
    @Serial private static final long serialVersionUID = 1;

    public Denied(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// There is no space left, or a quota is used up. Free some and try again. The request had no
  /// effect.
  public static final class Full extends ObjectStoreException {
    @Serial private static final long serialVersionUID = 1;

    public Full(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// An object does not hold the bytes that were put. Never serve it; raise an alarm, and look for
  /// the bytes elsewhere.
  public static final class Corrupt extends ObjectStoreException {
    @Serial private static final long serialVersionUID = 1;

    public Corrupt(String message) {
      super(message, null);
    }
  }

  /// The object ends before the range that was asked for. Either the range is wrong or the object
  /// is: whoever knows how long it has to be decides.
  public static final class OutOfRange extends ObjectStoreException {
    @Serial private static final long serialVersionUID = 1;

    public OutOfRange(String name, long offset, long length, long sizeBytes) {
      super(
          "range past the end of the object name=%s offset=%d length=%d size=%d"
              .formatted(name, offset, length, sizeBytes),
          null);
    }
  }

  /// The store cannot do what Quarry's safety rests on. Use another store; see [StoreProbe].
  public static final class Unsafe extends ObjectStoreException {
    @Serial private static final long serialVersionUID = 1;

    public Unsafe(String message) {
      super(message, null);
    }
  }

  /// The store was closed, or the calling thread was interrupted. Stop. A put or a delete may have
  /// had its effect, or may have it later.
  public static final class Stopped extends ObjectStoreException {
    @Serial private static final long serialVersionUID = 1;

    public Stopped(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
