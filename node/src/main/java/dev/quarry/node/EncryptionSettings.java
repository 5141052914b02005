package dev.quarry.node;

import dev.quarry.crypto.KeyService;
import java.util.Optional;

/// What a node's owner set about the encryption of new volumes.
///
/// @param byDefault whether all that is new is encrypted (EBS: EnableEbsEncryptionByDefault)
/// @param defaultKeyArn the key where none is named (EBS: ModifyEbsDefaultKmsKeyId), if it is not
///   the node's own [KeyService#EBS_ALIAS]
record EncryptionSettings(boolean byDefault, Optional<String> defaultKeyArn) {

  /// What holds until the owner says otherwise, as in EBS.
  static EncryptionSettings usual() {
    return new EncryptionSettings(false, Optional.empty());
  }

  /// The key where none is named, by its ARN or as [KeyService#EBS_ALIAS].
  String defaultKey() {
    return defaultKeyArn.orElse(KeyService.EBS_ALIAS);
  }
}
