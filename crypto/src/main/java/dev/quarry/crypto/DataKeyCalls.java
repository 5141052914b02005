package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.IncorrectKeyException;
import dev.quarry.crypto.KeyServiceException.InvalidCiphertextException;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;

/// The calls of a [LocalKeyService] that wrap and unwrap data keys.
final class DataKeyCalls {
  private final LocalKeyStore store;

  DataKeyCalls(LocalKeyStore store) {
    this.store = store;
  }

  GeneratedKey generateDataKey(Caller caller, String key, EncryptionContext context) {
    AuditCall call = new AuditCall(caller, KeyOperation.GENERATE_DATA_KEY, key).context(context);
    return store.use(
        call,
        ring -> {
          CustomerKey found = store.find(ring, call, key);
          Authorization.check(
              caller, ring, found, KeyOperation.GENERATE_DATA_KEY, Optional.of(context));
          found.checkUsable();
          byte[] raw = store.random(DataKey.SIZE_BYTES);
          WrappedKey wrapped = wrap(found, context, raw);
          return new GeneratedKey(DataKey.adopt(raw), wrapped);
        });
  }

  WrappedKey generateDataKeyWithoutPlaintext(Caller caller, String key, EncryptionContext context) {
    AuditCall call =
        new AuditCall(caller, KeyOperation.GENERATE_DATA_KEY_WITHOUT_PLAINTEXT, key)
            .context(context);
    return store.use(
        call,
        ring -> {
          CustomerKey found = store.find(ring, call, key);
          Authorization.check(
              caller,
              ring,
              found,
              KeyOperation.GENERATE_DATA_KEY_WITHOUT_PLAINTEXT,
              Optional.of(context));
          found.checkUsable();
          byte[] raw = store.random(DataKey.SIZE_BYTES);
          try {
            return wrap(found, context, raw);
          } finally {
            Arrays.fill(raw, (byte) 0);
          }
        });
  }

  DataKey decrypt(
      Caller caller, CiphertextBlob blob, EncryptionContext context, Optional<String> expectedKey) {
    AuditCall call =
        new AuditCall(caller, KeyOperation.DECRYPT, expectedKey.orElse("")).context(context);
    return store.use(
        call,
        ring -> {
          BlobCodec.Parsed parsed = parse(blob);
          CustomerKey key = keyOf(ring, call, parsed);
          expectedKey.ifPresent(expected -> checkExpected(ring, expected, key));
          Authorization.check(caller, ring, key, KeyOperation.DECRYPT, Optional.of(context));
          key.checkUsable();
          return DataKey.adopt(unwrap(key, parsed, context));
        });
  }

  WrappedKey reEncrypt(
      Caller caller,
      CiphertextBlob blob,
      EncryptionContext sourceContext,
      String destinationKey,
      EncryptionContext destinationContext) {
    AuditCall call =
        new AuditCall(caller, KeyOperation.RE_ENCRYPT, "")
            .context(sourceContext)
            .detail("to " + destinationKey)
            .detail("context " + destinationContext.pairs());
    return store.use(
        call,
        ring -> {
          BlobCodec.Parsed parsed = parse(blob);
          CustomerKey source = keyOf(ring, call, parsed);
          CustomerKey destination = ring.find(KeyReference.parse(destinationKey, store.realm()));
          Authorization.check(
              caller, ring, source, KeyOperation.RE_ENCRYPT_FROM, Optional.of(sourceContext));
          Authorization.check(
              caller,
              ring,
              destination,
              KeyOperation.RE_ENCRYPT_TO,
              Optional.of(destinationContext));
          source.checkUsable();
          destination.checkUsable();
          byte[] raw = unwrap(source, parsed, sourceContext);
          try {
            return wrap(destination, destinationContext, raw);
          } finally {
            Arrays.fill(raw, (byte) 0);
          }
        });
  }

  private static BlobCodec.Parsed parse(CiphertextBlob blob) {
    return BlobCodec.parse(blob).orElseThrow(InvalidCiphertextException::new);
  }

  /// The key that a blob names. A name nobody ever had is a changed blob.
  private static CustomerKey keyOf(KeyRing ring, AuditCall call, BlobCodec.Parsed blob) {
    if (!ring.knows(blob.keyId())) {
      throw new InvalidCiphertextException();
    }
    CustomerKey key = ring.find(new KeyReference.ById(blob.keyId()));
    call.found(key);
    return key;
  }

  private void checkExpected(KeyRing ring, String expected, CustomerKey actual) {
    CustomerKey named = ring.find(KeyReference.parse(expected, store.realm()));
    if (!named.id().equals(actual.id())) {
      throw new IncorrectKeyException(
          "ciphertext was made under another key expected=" + named.id());
    }
  }

  private WrappedKey wrap(CustomerKey key, EncryptionContext context, byte[] raw) {
    CiphertextBlob blob = BlobCodec.seal(key.id(), key.current(), context, raw, store.source());
    return new WrappedKey(blob, key.arn(store.realm()));
  }

  private static byte[] unwrap(CustomerKey key, BlobCodec.Parsed blob, EncryptionContext context) {
    KeyMaterial material =
        key.material(blob.materialNumber()).orElseThrow(InvalidCiphertextException::new);
    try {
      return BlobCodec.open(blob, material, context);
    } catch (AEADBadTagException e) {
      throw new InvalidCiphertextException();
    }
  }
}
