package dev.quarry.node;

import dev.quarry.volume.ControlException;

/// Where refusals of the control plane become HTTP statuses.
final class ControlErrors {
  private ControlErrors() {}

  static int status(ControlException e) {
    return switch (e) {
      case ControlException.Invalid _ -> 400;
      case ControlException.NotFound _ -> 404;
      case ControlException.Conflict _ -> 409;
      case ControlException.LimitExceeded _ -> 507;
      case ControlException.Unavailable _ -> 503;
    };
  }
}
