package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.AccessDeniedException;
import dev.quarry.crypto.KeyServiceException.InvalidGrantTokenException;
import java.util.Optional;

/// Who may do what: the owner everything, anybody else what a grant allows.
final class Authorization {
  private Authorization() {}

  /// Checks that the tokens a caller names exist.
  static void checkTokens(Caller caller, KeyRing ring) {
    for (String token : caller.grantTokens()) {
      if (ring.grantByToken(token).isEmpty()) {
        throw new InvalidGrantTokenException("grant token names no grant");
      }
    }
  }

  static void checkOwner(Caller caller, KeyOperation operation) {
    if (!caller.isOwner()) {
      throw new AccessDeniedException(
          "only the owner may do this principal=%s operation=%s"
              .formatted(caller.principal(), operation.apiName()));
    }
  }

  /// @param context of the call, empty for calls without one
  static void check(
      Caller caller,
      KeyRing ring,
      CustomerKey key,
      KeyOperation operation,
      Optional<EncryptionContext> context) {
    boolean allowed =
        caller.isOwner()
            || ring.grantsOf(key).stream()
                .anyMatch(stored -> stored.allows(caller.principal(), operation, context));
    if (!allowed) {
      throw new AccessDeniedException(
          "no grant allows this principal=%s operation=%s key=%s"
              .formatted(caller.principal(), operation.apiName(), key.id()));
    }
  }

  /// Checks that a caller may create a grant: the owner any; a grantee one that gives away no more
  /// than a single grant of its own allows.
  static void checkMayGrant(Caller caller, KeyRing ring, CustomerKey key, GrantRequest wanted) {
    boolean allowed =
        caller.isOwner()
            || ring.grantsOf(key).stream()
                .filter(own ->
                    own.allows(caller.principal(), KeyOperation.CREATE_GRANT, Optional.empty()))
                .map(own -> own.grant().terms())
                .anyMatch(own ->
                    own.operations().containsAll(wanted.operations())
                        && wanted.constraint().asStrictAs(own.constraint()));
    if (!allowed) {
      throw new AccessDeniedException(
          "no grant allows this principal=%s operation=%s key=%s"
              .formatted(caller.principal(), KeyOperation.CREATE_GRANT.apiName(), key.id()));
    }
  }

  /// Checks that a caller may retire a grant.
  static void checkMayRetire(Caller caller, Grant grant) {
    GrantRequest terms = grant.terms();
    boolean allowed =
        caller.isOwner()
            || terms.retiringPrincipal().equals(Optional.of(caller.principal()))
            || terms.granteePrincipal().equals(caller.principal())
                && terms.operations().contains(KeyOperation.RETIRE_GRANT);
    if (!allowed) {
      throw new AccessDeniedException(
          "may not retire the grant principal=%s grant=%s"
              .formatted(caller.principal(), grant.grantId()));
    }
  }
}
