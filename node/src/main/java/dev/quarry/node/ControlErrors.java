package dev.quarry.node;

import dev.quarry.crypto.KeyServiceException;
import dev.quarry.volume.ControlException;

/// Where refusals of the control plane and of the key service become HTTP statuses.
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

  static int status(KeyServiceException e) {
    return switch (e) {
      case KeyServiceException.ValidationException _,
          KeyServiceException.InvalidArnException _,
          KeyServiceException.InvalidAliasNameException _,
          KeyServiceException.InvalidCiphertextException _,
          KeyServiceException.IncorrectKeyException _,
          KeyServiceException.InvalidGrantTokenException _ ->
          400;
      case KeyServiceException.AccessDeniedException _ -> 403;
      case KeyServiceException.NotFoundException _ -> 404;
      case KeyServiceException.AlreadyExistsException _,
          KeyServiceException.DisabledException _,
          KeyServiceException.KMSInvalidStateException _ ->
          409;
      case KeyServiceException.LimitExceededException _ -> 507;
      case KeyServiceException.KMSInternalException _, KeyServiceException.KeyStoreException _ ->
          503;
    };
  }
}
