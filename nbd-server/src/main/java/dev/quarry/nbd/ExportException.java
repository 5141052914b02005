package dev.quarry.nbd;

import java.io.Serial;

/// A client cannot have an export. The message is told to the client: a fact in lower case, with
/// nothing in it that the client may not know.
public abstract sealed class ExportException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private ExportException(String message) {
    super(message);
  }

  /// There is no such export. Ask for another name.
  public static final class Unknown extends ExportException {
    @Serial private static final long serialVersionUID = 1;

    public Unknown(String message) {
      super(message);
    }
  }

  /// There is one, but not for this client, or not now.
  public static final class Refused extends ExportException {
    @Serial private static final long serialVersionUID = 1;

    public Refused(String message) {
      super(message);
    }
  }
}
