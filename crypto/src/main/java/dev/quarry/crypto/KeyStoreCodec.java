package dev.quarry.crypto;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// The contents of the key file under its seal. All numbers big-endian; text is its length in bytes
/// (4) and UTF-8; times are milliseconds since 1970 UTC (8); a list is its count (4) and its
/// members.
///
/// ```
/// contents := version (2) = 1
///             audit key (32) · sequence (8) and MAC (32) of the audit log's last entry
///             list of keys · list of aliases · list of grants · list of deleted keys
/// key      := UUID (16) · description (text) · created (8) · enabled (1: 0 or 1)
///             deletion date (8, 0 = none)
///             rotation period in days (4, 0 = none) · next rotation (8)
///             list of materials, oldest first: created (8) · on demand (1: 0 or 1) · secret (32)
/// alias    := name (text) · key UUID (16)
/// grant    := grant id (text) · token digest (text) · key UUID (text) · issuer (text)
///             created (8) · grantee (text) · retiring principal (text, empty = none)
///             list of operations: name in the KMS API (text)
///             constraint kind (1: 0 any, 1 equals, 2 subset) · list of pairs: key, value (text)
/// deleted  := UUID (16) · when (8)
/// ```
///
/// Nothing may follow. The bytes are authenticated before they are decoded, so that a mistake in
/// them is a bug of ours or a version we do not know.
final class KeyStoreCodec {
  private static final int VERSION = 1;
  private static final int AUDIT_KEY_BYTES = 32;

  private KeyStoreCodec() {}

  /// The encoded state, which the caller wipes.
  static byte[] encode(KeyStoreState state) {
    try (WipedOutput out = new WipedOutput()) {
      out.putByte(VERSION >>> 8);
      out.putByte(VERSION);
      putSecret(out, state.auditKey());
      out.putLong(state.auditHead().sequence());
      out.putBytes(state.auditHead().mac());
      KeyRing ring = state.ring();
      out.putInt(ring.keys().size());
      ring.keys().values().forEach(key -> putKey(out, key));
      out.putInt(ring.aliases().size());
      ring.aliases()
          .forEach((name, id) -> {
            out.putText(name);
            out.putUuid(id);
          });
      out.putInt(ring.grants().size());
      ring.grants().values().forEach(stored -> putGrant(out, stored));
      out.putInt(ring.deleted().size());
      ring.deleted()
          .forEach((id, at) -> {
            out.putUuid(id);
            out.putLong(at.toEpochMilli());
          });
      return out.toByteArray();
    }
  }

  /// Decodes a state; the caller wipes the array.
  ///
  /// @throws IllegalArgumentException if the bytes are not of this format
  static KeyStoreState decode(byte[] bytes) {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      int version = in.getShort();
      if (version != VERSION) {
        throw new IllegalArgumentException("unknown version of key file contents=" + version);
      }
      SecretMemory auditKey = secret(in, AUDIT_KEY_BYTES);
      AuditHead auditHead = new AuditHead(in.getLong(), bytes(in, Hmac.SIZE_BYTES));
      SortedMap<UUID, CustomerKey> keys = new TreeMap<>();
      for (int i = in.getInt(); i > 0; i--) {
        CustomerKey key = key(in);
        keys.put(key.id(), key);
      }
      SortedMap<String, UUID> aliases = new TreeMap<>();
      for (int i = in.getInt(); i > 0; i--) {
        aliases.put(text(in), uuid(in));
      }
      SortedMap<String, StoredGrant> grants = new TreeMap<>();
      for (int i = in.getInt(); i > 0; i--) {
        StoredGrant stored = grant(in);
        grants.put(stored.grant().grantId(), stored);
      }
      SortedMap<UUID, Instant> deleted = new TreeMap<>();
      for (int i = in.getInt(); i > 0; i--) {
        deleted.put(uuid(in), time(in));
      }
      if (in.hasRemaining()) {
        throw new IllegalArgumentException("key file contents too long by=" + in.remaining());
      }
      return new KeyStoreState(new KeyRing(keys, aliases, grants, deleted), auditKey, auditHead);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("key file contents too short", e);
    }
  }

  private static void putKey(WipedOutput out, CustomerKey key) {
    out.putUuid(key.id());
    out.putText(key.description());
    out.putLong(key.createdAt().toEpochMilli());
    out.putByte(key.enabled() ? 1 : 0);
    out.putLong(key.deletionDate().map(Instant::toEpochMilli).orElse(0L));
    out.putInt(key.schedule().map(RotationSchedule::periodDays).orElse(0));
    out.putLong(key.schedule().map(s -> s.next().toEpochMilli()).orElse(0L));
    out.putInt(key.materials().size());
    for (KeyMaterial material : key.materials()) {
      out.putLong(material.createdAt().toEpochMilli());
      out.putByte(material.onDemand() ? 1 : 0);
      putSecret(out, material.secret());
    }
  }

  private static CustomerKey key(ByteBuffer in) {
    UUID id = uuid(in);
    String description = text(in);
    Instant createdAt = time(in);
    boolean enabled = in.get() == 1;
    Optional<Instant> deletionDate = Optional.of(time(in)).filter(at -> at.toEpochMilli() != 0);
    int periodDays = in.getInt();
    Instant next = time(in);
    Optional<RotationSchedule> schedule =
        periodDays == 0 ? Optional.empty() : Optional.of(new RotationSchedule(periodDays, next));
    List<KeyMaterial> materials = new ArrayList<>();
    int count = in.getInt();
    for (int number = 1; number <= count; number++) {
      Instant drawn = time(in);
      boolean onDemand = in.get() == 1;
      SecretMemory secret = secret(in, KeyMaterial.SECRET_BYTES);
      materials.add(new KeyMaterial(number, drawn, onDemand, secret));
    }
    return new CustomerKey(id, description, createdAt, enabled, deletionDate, schedule, materials);
  }

  private static void putGrant(WipedOutput out, StoredGrant stored) {
    Grant grant = stored.grant();
    out.putText(grant.grantId());
    out.putText(stored.tokenDigest());
    out.putText(grant.keyId());
    out.putText(grant.issuer());
    out.putLong(grant.createdAt().toEpochMilli());
    GrantRequest terms = grant.terms();
    out.putText(terms.granteePrincipal());
    out.putText(terms.retiringPrincipal().orElse(""));
    out.putInt(terms.operations().size());
    terms.operations().stream().sorted().forEach(o -> out.putText(o.apiName()));
    switch (terms.constraint()) {
      case GrantConstraint.Any _ -> {
        out.putByte(0);
        putContext(out, EncryptionContext.empty());
      }
      case GrantConstraint.ContextEquals(EncryptionContext context) -> {
        out.putByte(1);
        putContext(out, context);
      }
      case GrantConstraint.ContextSubset(EncryptionContext context) -> {
        out.putByte(2);
        putContext(out, context);
      }
    }
  }

  private static StoredGrant grant(ByteBuffer in) {
    String grantId = text(in);
    String tokenDigest = text(in);
    String keyId = text(in);
    String issuer = text(in);
    Instant createdAt = time(in);
    String grantee = text(in);
    Optional<String> retiring = Optional.of(text(in)).filter(name -> !name.isEmpty());
    Set<KeyOperation> operations = EnumSet.noneOf(KeyOperation.class);
    for (int i = in.getInt(); i > 0; i--) {
      String name = text(in);
      operations.add(
          KeyOperation.byApiName(name)
              .orElseThrow(() -> new IllegalArgumentException("unknown operation=" + name)));
    }
    byte kind = in.get();
    EncryptionContext context = context(in);
    GrantConstraint constraint =
        switch (kind) {
          case 0 -> new GrantConstraint.Any();
          case 1 -> new GrantConstraint.ContextEquals(context);
          case 2 -> new GrantConstraint.ContextSubset(context);
          default -> throw new IllegalArgumentException("unknown grant constraint kind=" + kind);
        };
    GrantRequest terms = new GrantRequest(grantee, retiring, operations, constraint);
    return new StoredGrant(new Grant(grantId, keyId, issuer, createdAt, terms), tokenDigest);
  }

  private static void putContext(WipedOutput out, EncryptionContext context) {
    out.putInt(context.pairs().size());
    context
        .pairs()
        .forEach((key, value) -> {
          out.putText(key);
          out.putText(value);
        });
  }

  private static EncryptionContext context(ByteBuffer in) {
    SortedMap<String, String> pairs = new TreeMap<>();
    for (int i = in.getInt(); i > 0; i--) {
      pairs.put(text(in), text(in));
    }
    return new EncryptionContext(pairs);
  }

  private static void putSecret(WipedOutput out, SecretMemory secret) {
    byte[] copy = secret.copy(0, secret.sizeBytes());
    out.putBytes(copy);
    Arrays.fill(copy, (byte) 0);
  }

  private static SecretMemory secret(ByteBuffer in, int sizeBytes) {
    return SecretMemory.adopt(bytes(in, sizeBytes));
  }

  private static String text(ByteBuffer in) {
    return new String(bytes(in, in.getInt()), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static UUID uuid(ByteBuffer in) {
    return new UUID(in.getLong(), in.getLong());
  }

  private static Instant time(ByteBuffer in) {
    return Instant.ofEpochMilli(in.getLong());
  }
}
