package dev.quarry.volume;

import dev.quarry.crypto.Caller;
import dev.quarry.crypto.CiphertextBlob;
import dev.quarry.crypto.DataKey;
import dev.quarry.crypto.EncryptionContext;
import dev.quarry.crypto.KeyService;
import dev.quarry.crypto.KeyServiceException;
import dev.quarry.crypto.WrappedKey;
import java.util.Optional;

/// The data keys of a catalogue's encrypted volumes.
///
/// A volume's data key is bound to the volume's id as EBS binds it (context `aws:ebs:id`): the
/// wrapped key of one volume opens no other.
final class VolumeKeys {
  /// Requests that are enciphered at one time and need a buffer; more wait for one.
  private static final int SCRATCH_BUFFERS =
      Math.max(16, 4 * Runtime.getRuntime().availableProcessors());

  private final Optional<KeyService> service;
  private final CipherScratch scratch = new CipherScratch(SCRATCH_BUFFERS);

  VolumeKeys(Optional<KeyService> service) {
    this.service = service;
  }

  /// Draws the data key of a new volume.
  ///
  /// @param key names the customer key
  VolumeRecord.Encryption draw(VolumeId id, String key) {
    KeyService keys =
        service.orElseThrow(() -> ControlException.Invalid.value("This catalogue has no keys."));
    try {
      WrappedKey wrapped =
          keys.generateDataKeyWithoutPlaintext(
              Caller.owner(), key, EncryptionContext.ofEbs(id.text()));
      return new VolumeRecord.Encryption(wrapped.keyArn(), wrapped.blob().bytes());
    } catch (KeyServiceException e) {
      throw ControlException.of("Volume cannot be encrypted under key '%s'".formatted(key), e);
    }
  }

  /// Unwraps a volume's data key. Whoever asks closes it.
  DataKey unwrap(VolumeId id, VolumeRecord.Encryption encryption) {
    KeyService keys =
        service.orElseThrow(() ->
            ControlException.Conflict.incorrectState(
                "Volume %s is encrypted, and this catalogue has no keys.".formatted(id)));
    try {
      return keys.decrypt(
          Caller.owner(),
          CiphertextBlob.of(encryption.wrappedDataKey()),
          EncryptionContext.ofEbs(id.text()),
          Optional.of(encryption.keyArn()));
    } catch (KeyServiceException e) {
      throw ControlException.of("The key of volume %s cannot be used".formatted(id), e);
    }
  }

  /// Buffers for enciphering, shared by all volumes.
  CipherScratch scratch() {
    return scratch;
  }
}
