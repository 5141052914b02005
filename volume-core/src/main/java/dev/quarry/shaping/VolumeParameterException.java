package dev.quarry.shaping;

import java.io.Serial;

/// A request to create or modify a volume breaks a rule of EBS. Fix the request; nothing was done.
///
/// The message is worded as EBS words it, because clients parse it: the Kubernetes driver, for one,
/// learns the limits of a type from the number in the text.
public final class VolumeParameterException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final String code;

  public VolumeParameterException(String code, String message) {
    super(message);
    this.code = code;
  }

  /// The error code of the EC2 API, such as `InvalidParameterValue`.
  public String code() {
    return code;
  }

  static VolumeParameterException invalidValue(String format, Object... arguments) {
    return new VolumeParameterException("InvalidParameterValue", format.formatted(arguments));
  }

  static VolumeParameterException invalidCombination(String format, Object... arguments) {
    return new VolumeParameterException("InvalidParameterCombination", format.formatted(arguments));
  }
}
