package dev.quarry.crypto;

import java.util.Optional;

/// What a walk along the chain of the audit log found.
///
/// @param entryCount how many entries are authentic, from the first on
/// @param firstBad what is wrong with the entry after those, if anything is
public record AuditVerification(long entryCount, Optional<String> firstBad) {

  /// Whether every entry is authentic.
  public boolean intact() {
    return firstBad.isEmpty();
  }
}
