package dev.quarry.crypto;

import java.util.Arrays;
import java.util.Optional;

/// What can be asked of a key service, by the names of the KMS API; these stand in the audit log.
public enum KeyOperation {
  CREATE_KEY("CreateKey", false),
  DESCRIBE_KEY("DescribeKey", true),
  LIST_KEYS("ListKeys", false),
  CREATE_ALIAS("CreateAlias", false),
  UPDATE_ALIAS("UpdateAlias", false),
  DELETE_ALIAS("DeleteAlias", false),
  LIST_ALIASES("ListAliases", false),
  ENABLE_KEY("EnableKey", false),
  DISABLE_KEY("DisableKey", false),
  SCHEDULE_KEY_DELETION("ScheduleKeyDeletion", false),
  CANCEL_KEY_DELETION("CancelKeyDeletion", false),
  DELETE_KEY("DeleteKey", false),
  ENABLE_KEY_ROTATION("EnableKeyRotation", false),
  DISABLE_KEY_ROTATION("DisableKeyRotation", false),
  GET_KEY_ROTATION_STATUS("GetKeyRotationStatus", false),
  ROTATE_KEY_ON_DEMAND("RotateKeyOnDemand", false),
  ROTATE_KEY("RotateKey", false),
  GENERATE_DATA_KEY("GenerateDataKey", true),
  GENERATE_DATA_KEY_WITHOUT_PLAINTEXT("GenerateDataKeyWithoutPlaintext", true),
  DECRYPT("Decrypt", true),
  RE_ENCRYPT("ReEncrypt", false),
  RE_ENCRYPT_FROM("ReEncryptFrom", true),
  RE_ENCRYPT_TO("ReEncryptTo", true),
  CREATE_GRANT("CreateGrant", true),
  LIST_GRANTS("ListGrants", false),
  RETIRE_GRANT("RetireGrant", true),
  REVOKE_GRANT("RevokeGrant", false),
  CHANGE_ROOT_KEY("ChangeRootKey", false),
  /// Not a call: the service found traces of a crash or of lost files when it was opened.
  RECOVER("Recover", false);

  private final String apiName;
  private final boolean grantable;

  KeyOperation(String apiName, boolean grantable) {
    this.apiName = apiName;
    this.grantable = grantable;
  }

  /// The name in the KMS API; `DeleteKey`, `RotateKey` and `Recover` are our own, for what the
  /// service does by itself, and `ChangeRootKey`.
  public String apiName() {
    return apiName;
  }

  /// Whether a grant can allow it.
  public boolean grantable() {
    return grantable;
  }

  static Optional<KeyOperation> byApiName(String name) {
    return Arrays.stream(values()).filter(o -> o.apiName.equals(name)).findFirst();
  }
}
