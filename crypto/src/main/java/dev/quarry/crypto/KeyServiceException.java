package dev.quarry.crypto;

import java.io.Serial;

/// A key service refused a call. The kinds and [#code] have the names of AWS KMS, so that a
/// compatible API needs no translation.
///
/// Messages never hold key bytes, and those of failed decryptions never tell why.
public abstract sealed class KeyServiceException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private KeyServiceException(String message, Throwable cause) {
    super(message, cause);
  }

  /// The name of the error in AWS KMS, such as `DisabledException`.
  public final String code() {
    return getClass().getSimpleName();
  }

  /// A request breaks a rule that does not depend on what is stored. Fix the request.
  public static final class ValidationException extends KeyServiceException {
    @Serial private static final long serialVersionUID = 1;

    public ValidationException(String message) {
      super(message, null);
    }
  }

  /// An ARN has a form that no key or alias has. Fix the request.
  public static final class InvalidArnException extends KeyServiceException {
    @Serial private static final long serialVersionUID = 1;

    public InvalidArnException(String message) {
      super(message, null);
    }
  }

  /// An alias has a form that is not allowed, or is one of the reserved `alias/aws/...`.
  public static final class InvalidAliasNameException extends KeyServiceException {
    @Serial private static final long serialVersionUID = 1;

    public InvalidAliasNameException(String message) {
      super(message, null);
    }
  }

  /// There is no such key, alias or grant; the message says so if there was one and it was deleted.
  public static final class NotFoundException extends KeyServiceException {
    @Serial private static final long serialVersionUID = 1;

    public NotFoundException(String message) {
      super(message, null);
    }
  }

  /// The alias exists. Choose another name, or update it.
  public static final class AlreadyExistsException extends KeyServiceException {
    @Serial private static final long serialVersionUID = 1;

    public AlreadyExistsException(String message) {
      super(message, null);
    }
  }

  /// The key is disabled. Enable it and try again.
  public static final class DisabledException extends KeyServiceException {
    @Serial private static final long serialVersionUID = 1;

    public DisabledException(String message) {
      super(message, null);
    }
  }

  /// The key's state does not allow the call, such as use of a key that is to be deleted.
  public static final class KMSInvalidStateException extends KeyServiceException {
    @Serial private static final long serialVersionUID = 1;

    public KMSInvalidStateException(String message) {
      super(message, null);
    }
  }

  /// The ciphertext, its key or its encryption context is not what was encrypted: all these look
  /// alike. Trying again does not help.
  public static final class InvalidCiphertextException extends KeyServiceException {
    @Serial private static final long serialVersionUID = 1;

    public InvalidCiphertextException() {
      super("ciphertext cannot be decrypted under its key with this encryption context", null);
    }
  }

  /// The ciphertext was made under another key than the one named. Name that one, or none.
  public static final class IncorrectKeyException extends KeyServiceException {
    @Serial private static final long serialVersionUID = 1;

    public IncorrectKeyException(String message) {
      super(message, null);
    }
  }

  /// The caller is neither the owner nor holds a grant that allows the call.
  public static final class AccessDeniedException extends KeyServiceException {
    @Serial private static final long serialVersionUID = 1;

    public AccessDeniedException(String message) {
      super(message, null);
    }
  }

  /// A grant token names no grant.
  public static final class InvalidGrantTokenException extends KeyServiceException {
    @Serial private static final long serialVersionUID = 1;

    public InvalidGrantTokenException(String message) {
      super(message, null);
    }
  }

  /// A quota is used up. Delete something first.
  public static final class LimitExceededException extends KeyServiceException {
    @Serial private static final long serialVersionUID = 1;

    public LimitExceededException(String message) {
      super(message, null);
    }
  }

  /// The service could not do its own work, such as writing its files. What was asked may or may
  /// not have been done; nothing works until it is opened again.
  public static final class KMSInternalException extends KeyServiceException {
    @Serial private static final long serialVersionUID = 1;

    public KMSInternalException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// The local key store cannot be opened: the message says why. Our own kind: KMS has no key file.
  /// A wrong passphrase and a changed file look alike.
  public static final class KeyStoreException extends KeyServiceException {
    @Serial private static final long serialVersionUID = 1;
    private final KeyStoreTrouble trouble;

    public KeyStoreException(KeyStoreTrouble trouble, String message) {
      this(trouble, message, null);
    }

    public KeyStoreException(KeyStoreTrouble trouble, String message, Throwable cause) {
      super(message, cause);
      this.trouble = trouble;
    }

    /// What kind of trouble it is, for who tells people what to do.
    public KeyStoreTrouble trouble() {
      return trouble;
    }
  }
}
