package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.ValidationException;
import java.util.List;

/// Who makes a call: a principal, and the tokens of grants that it names.
///
/// The policy of a single node is this: the principal [#OWNER] may do everything, any other only
/// what a grant allows. A token gives no right to anybody but the grant's grantee; with a local
/// service, where grants work at once, it is only checked to exist.
///
/// @param principal 1 to 256 characters
/// @param grantTokens at most 10 (KMS API reference, "GrantTokens")
public record Caller(String principal, List<String> grantTokens) {
  /// The principal of the node's owner.
  public static final String OWNER = "owner";

  private static final int MAX_PRINCIPAL_CHARS = 256;
  private static final int MAX_GRANT_TOKENS = 10;

  public Caller {
    checkPrincipal(principal);
    grantTokens = List.copyOf(grantTokens);
    if (grantTokens.size() > MAX_GRANT_TOKENS) {
      throw new ValidationException("too many grant tokens count=" + grantTokens.size());
    }
  }

  /// The node's owner.
  public static Caller owner() {
    return new Caller(OWNER, List.of());
  }

  /// A principal without tokens.
  public static Caller of(String principal) {
    return new Caller(principal, List.of());
  }

  boolean isOwner() {
    return principal.equals(OWNER);
  }

  static void checkPrincipal(String principal) {
    if (principal.isEmpty() || principal.length() > MAX_PRINCIPAL_CHARS) {
      throw new ValidationException("bad principal length=" + principal.length());
    }
  }

  /// Without the tokens.
  @Override
  public String toString() {
    return principal;
  }
}
