package dev.quarry.crypto;

/// Which encryption contexts a grant allows. Constraints apply to calls that have a context; calls
/// without one (DescribeKey, CreateGrant, RetireGrant) are not restricted.
public sealed interface GrantConstraint {

  /// Whether a call with this context is allowed.
  boolean allows(EncryptionContext context);

  /// Whether this constraint allows nothing that `other` forbids: a grantee that may create grants
  /// cannot give away more than it has.
  boolean asStrictAs(GrantConstraint other);

  /// Any context.
  record Any() implements GrantConstraint {
    @Override
    public boolean allows(EncryptionContext context) {
      return true;
    }

    @Override
    public boolean asStrictAs(GrantConstraint other) {
      return other instanceof Any;
    }
  }

  /// Exactly this context (`EncryptionContextEquals`).
  record ContextEquals(EncryptionContext context) implements GrantConstraint {
    @Override
    public boolean allows(EncryptionContext actual) {
      return actual.equals(context);
    }

    @Override
    public boolean asStrictAs(GrantConstraint other) {
      return other.allows(context);
    }
  }

  /// All of these facts, and others (`EncryptionContextSubset`).
  record ContextSubset(EncryptionContext context) implements GrantConstraint {
    @Override
    public boolean allows(EncryptionContext actual) {
      return actual.includes(context);
    }

    @Override
    public boolean asStrictAs(GrantConstraint other) {
      return switch (other) {
        case Any _ -> true;
        case ContextEquals _ -> false;
        case ContextSubset subset -> context.includes(subset.context);
      };
    }
  }
}
