package dev.quarry.volume;

import dev.quarry.crypto.KeyServiceException;
import dev.quarry.shaping.VolumeParameterException;
import java.io.Serial;

/// The control plane refused a request or could not carry it out. One kind for each thing a caller
/// would do differently; [#code] is the name EBS gives the case (EC2 API Reference, "Error codes"),
/// and the message says what to do.
public abstract sealed class ControlException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final String code;

  private ControlException(String code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /// What a limit on volumes refused, under its code and in its words.
  static ControlException of(VolumeParameterException e) {
    return switch (e.code()) {
      case "IncorrectState", "IncorrectModificationState" -> new Conflict(e.code(), e.getMessage());
      case "VolumeModificationRateExceeded" -> new LimitExceeded(e.code(), e.getMessage(), e);
      default -> new Invalid(e.code(), e.getMessage());
    };
  }

  /// What a key service refused, under its code.
  ///
  /// @param fact what cannot be done without the key
  public static ControlException of(String fact, KeyServiceException e) {
    String message = fact + ": " + e.getMessage();
    return switch (e) {
      case KeyServiceException.KMSInternalException _, KeyServiceException.KeyStoreException _ ->
          new Unavailable(message, e);
      case KeyServiceException.ValidationException _,
          KeyServiceException.InvalidArnException _,
          KeyServiceException.InvalidAliasNameException _ ->
          new Invalid(e.code(), message);
      default -> new Conflict(e.code(), message);
    };
  }

  /// The error code of EBS, such as `InvalidVolume.NotFound`.
  public final String code() {
    return code;
  }

  /// The request itself is wrong, whatever the state of things. Fix it.
  public static final class Invalid extends ControlException {
    @Serial private static final long serialVersionUID = 1;

    public Invalid(String code, String message) {
      super(code, message, null);
    }

    static Invalid value(String message) {
      return new Invalid("InvalidParameterValue", message);
    }

    static Invalid missing(String parameter) {
      return new Invalid("MissingParameter", "The request must contain the parameter " + parameter);
    }
  }

  /// What the request names is not there. Look for it under another name.
  public static final class NotFound extends ControlException {
    @Serial private static final long serialVersionUID = 1;

    public NotFound(String code, String message) {
      super(code, message, null);
    }

    static NotFound volume(String idOrName) {
      return new NotFound(
          "InvalidVolume.NotFound", "The volume '%s' does not exist.".formatted(idOrName));
    }
  }

  /// The request is right, but not in the present state. Change that first, or wait.
  public static final class Conflict extends ControlException {
    @Serial private static final long serialVersionUID = 1;

    public Conflict(String code, String message) {
      super(code, message, null);
    }

    static Conflict inUse(VolumeId id) {
      return new Conflict(
          "VolumeInUse", "Volume %s is in use; detach it everywhere first.".formatted(id));
    }

    static Conflict incorrectState(String message) {
      return new Conflict("IncorrectState", message);
    }
  }

  /// A quota or the disk leaves no room. Free some first.
  public static final class LimitExceeded extends ControlException {
    @Serial private static final long serialVersionUID = 1;

    public LimitExceeded(String code, String message, Throwable cause) {
      super(code, message, cause);
    }
  }

  /// The disk, a key or a store failed. The request may work later; it is not known to have had no
  /// effect.
  public static final class Unavailable extends ControlException {
    @Serial private static final long serialVersionUID = 1;

    public Unavailable(String message, Throwable cause) {
      super("InternalError", message, cause);
    }
  }
}
