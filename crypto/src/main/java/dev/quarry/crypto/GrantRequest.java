package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.ValidationException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// A grant to be created.
///
/// @param granteePrincipal who gets the permission
/// @param retiringPrincipal who may retire the grant, besides the owner
/// @param operations what is allowed: operations that are [KeyOperation#grantable], at least one
/// @param constraint for which encryption contexts
public record GrantRequest(
    String granteePrincipal,
    Optional<String> retiringPrincipal,
    Set<KeyOperation> operations,
    GrantConstraint constraint) {

  public GrantRequest {
    Caller.checkPrincipal(granteePrincipal);
    retiringPrincipal.ifPresent(Caller::checkPrincipal);
    if (operations.isEmpty()) {
      throw new ValidationException("grant allows nothing");
    }
    operations = Set.copyOf(EnumSet.copyOf(operations));
    for (KeyOperation operation : operations) {
      if (!operation.grantable()) {
        throw new ValidationException("cannot be granted operation=" + operation.apiName());
      }
    }
  }

  /// A grant without conditions.
  public static GrantRequest of(String granteePrincipal, Set<KeyOperation> operations) {
    return new GrantRequest(
        granteePrincipal, Optional.empty(), operations, new GrantConstraint.Any());
  }
}
