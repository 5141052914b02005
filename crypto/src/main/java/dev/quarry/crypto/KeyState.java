package dev.quarry.crypto;

/// Whether a key can be used, by KMS's names (`Enabled`, `Disabled`, `PendingDeletion`).
public enum KeyState {
  ENABLED("Enabled"),
  DISABLED("Disabled"),
  PENDING_DELETION("PendingDeletion");

  private final String apiName;

  KeyState(String apiName) {
    this.apiName = apiName;
  }

  /// The name in the KMS API.
  public String apiName() {
    return apiName;
  }
}
