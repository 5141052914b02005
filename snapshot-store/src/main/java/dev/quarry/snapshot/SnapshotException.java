package dev.quarry.snapshot;

import dev.quarry.crypto.KeyServiceException;
import java.io.Serial;

/// A snapshot could not be made, found, read or changed. One kind for each thing a caller would do
/// differently.
public abstract sealed class SnapshotException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private SnapshotException(String message, Throwable cause) {
    super(message, cause);
  }

  /// The code EBS has for it (EC2 API reference, "Error codes"), or the nearest one.
  public abstract String code();

  /// What is stored is not what was written, or not where it was written. Never serve it and never
  /// retry; restore from another copy.
  public static final class Corrupt extends SnapshotException {
    @Serial private static final long serialVersionUID = 1;

    private final boolean missing;

    /// @param object the name of the object
    /// @param why what is wrong with it
    public Corrupt(String object, String why) {
      this(object, why, null);
    }

    public Corrupt(String object, String why, Throwable cause) {
      super(why + " object=" + object, cause);
      this.missing = false;
    }

    private Corrupt(String message, Corrupt cause, boolean missing) {
      super(message, cause);
      this.missing = missing;
    }

    /// An object that should be there is not.
    ///
    /// @param what it is
    static Corrupt missing(String object, String what) {
      return new Corrupt(what + " is missing object=" + object, null, true);
    }

    /// Whether the object is not there at all.
    boolean isMissing() {
      return missing;
    }

    /// The same, for those who know which snapshot was to be read.
    Corrupt of(SnapshotId snapshot) {
      return getMessage().contains(snapshot.text())
          ? this
          : new Corrupt(getMessage() + " snapshot=" + snapshot, this, missing);
    }

    @Override
    public String code() {
      return "InternalError";
    }
  }

  /// The store holds an older state of a volume's log than was seen before: somebody removed or
  /// replaced entries. Do not write; find out who did it.
  public static final class RolledBack extends SnapshotException {
    @Serial private static final long serialVersionUID = 1;

    public RolledBack(String message) {
      super(message, null);
    }

    @Override
    public String code() {
      return "InternalError";
    }
  }

  /// No snapshot has this name.
  public static final class NotFound extends SnapshotException {
    @Serial private static final long serialVersionUID = 1;

    public NotFound(String message) {
      super(message, null);
    }

    @Override
    public String code() {
      return "InvalidSnapshot.NotFound";
    }
  }

  /// The snapshot or its volume is in a state that does not allow this. Look at its state first.
  public static final class IncorrectState extends SnapshotException {
    @Serial private static final long serialVersionUID = 1;

    public IncorrectState(String message) {
      super(message, null);
    }

    @Override
    public String code() {
      return "IncorrectState";
    }
  }

  /// The snapshot is locked. Wait until the lock ends, or unlock it if its mode allows that.
  public static final class Locked extends SnapshotException {
    @Serial private static final long serialVersionUID = 1;

    public Locked(String message) {
      super(message, null);
    }

    @Override
    public String code() {
      return "SnapshotLocked";
    }
  }

  /// Too many snapshots of the volume are pending. Wait for one to complete.
  public static final class LimitExceeded extends SnapshotException {
    @Serial private static final long serialVersionUID = 1;

    public LimitExceeded(String message) {
      super(message, null);
    }

    @Override
    public String code() {
      return "ConcurrentSnapshotLimitExceeded";
    }
  }

  /// The customer key refuses: it is disabled, deleted, or not there. Look at the key.
  public static final class KeyUnusable extends SnapshotException {
    @Serial private static final long serialVersionUID = 1;

    private final String code;

    public KeyUnusable(String message, KeyServiceException cause) {
      super(message, cause);
      this.code = cause.code();
    }

    @Override
    public String code() {
      return code;
    }
  }

  /// Another process has taken over the volume's log. Stop writing.
  public static final class Fenced extends SnapshotException {
    @Serial private static final long serialVersionUID = 1;

    public Fenced(String message) {
      super(message, null);
    }

    @Override
    public String code() {
      return "IncorrectState";
    }
  }

  /// The volume's marks missed a change, so that no snapshot can build on an earlier one. Make a
  /// full one.
  public static final class Suspect extends SnapshotException {
    @Serial private static final long serialVersionUID = 1;

    public Suspect(String message) {
      super(message, null);
    }

    @Override
    public String code() {
      return "InternalError";
    }
  }

  /// Somebody asked for the snapshot not to be made.
  public static final class Cancelled extends SnapshotException {
    @Serial private static final long serialVersionUID = 1;

    public Cancelled(String message) {
      super(message, null);
    }

    @Override
    public String code() {
      return "IncorrectState";
    }
  }

  /// The store, or the volume being read, could not be reached. It may work later.
  public static final class Unavailable extends SnapshotException {
    @Serial private static final long serialVersionUID = 1;

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }

    @Override
    public String code() {
      return "Unavailable";
    }
  }
}
