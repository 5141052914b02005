package dev.quarry.node;

import java.io.Serial;

/// A request that the control API refuses by itself, before anything that it asked for is tried.
final class ApiException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;
  private final int status;
  private final String code;

  /// @param status the HTTP status
  /// @param code the error's name, EC2's where it has one
  /// @param message a fact, and what to do where that is not plain
  ApiException(int status, String code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  /// The request's body or a parameter cannot be understood.
  static ApiException malformed(String message) {
    return new ApiException(400, "MalformedRequest", message);
  }
}
