package dev.quarry.crypto;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// A grant with the digest of its token; the token itself is known to its holder only.
record StoredGrant(Grant grant, String tokenDigest) {

  /// SHA-256 of a token, in hexadecimal digits. A token has 256 random bits, so that its digest
  /// gives nothing away.
  static String digest(String token) {
    try {
      byte[] utf8 = token.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(utf8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /// Whether this grant lets a principal do something; `context` is empty for calls without one.
  boolean allows(String principal, KeyOperation operation, Optional<EncryptionContext> context) {
    GrantRequest terms = grant.terms();
    return terms.granteePrincipal().equals(principal)
        && terms.operations().contains(operation)
        && context.map(terms.constraint()::allows).orElse(true);
  }
}
