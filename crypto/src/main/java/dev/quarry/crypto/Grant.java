package dev.quarry.crypto;

import java.time.Instant;

/// A permission for a principal to use one key.
///
/// @param grantId 64 hexadecimal digits
/// @param keyId the key's id
/// @param issuer the principal that created it
/// @param createdAt when
/// @param terms who may do what
public record Grant(
    String grantId, String keyId, String issuer, Instant createdAt, GrantRequest terms) {

  /// A new grant with its token.
  ///
  /// @param grant the grant
  /// @param token names the grant in calls; the service keeps a digest of it only
  public record Created(Grant grant, String token) {
    /// Without the token.
    @Override
    public String toString() {
      return "Created[" + grant + "]";
    }
  }
}
