package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.AlreadyExistsException;
import dev.quarry.crypto.KeyServiceException.LimitExceededException;
import dev.quarry.crypto.KeyServiceException.NotFoundException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// All keys, aliases and grants of a node. Immutable: a step gives another one.
///
/// @param keys by id
/// @param aliases name to key id
/// @param grants by grant id
/// @param deleted ids of deleted keys and when they went, so that what they encrypted can say so
record KeyRing(
    SortedMap<UUID, CustomerKey> keys,
    SortedMap<String, UUID> aliases,
    SortedMap<String, StoredGrant> grants,
    SortedMap<UUID, Instant> deleted) {
  // Bounds of the key file, which is written anew at each change. KMS allows more of most.
  static final int MAX_KEYS = 1000;
  static final int MAX_ALIASES_PER_KEY = 50; // as KMS, developer guide, "Resource quotas"
  static final int MAX_GRANTS = 10_000;
  static final int MAX_DELETED = 10_000; // the oldest is forgotten

  KeyRing {
    keys = Collections.unmodifiableSortedMap(keys);
    aliases = Collections.unmodifiableSortedMap(aliases);
    grants = Collections.unmodifiableSortedMap(grants);
    deleted = Collections.unmodifiableSortedMap(deleted);
  }

  static KeyRing empty() {
    return new KeyRing(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
  }

  CustomerKey find(KeyReference reference) {
    return switch (reference) {
      case KeyReference.ById(UUID id) -> find(id);
      case KeyReference.ByAlias(String name) -> {
        UUID id = aliases.get(name);
        if (id == null) {
          throw new NotFoundException("no such alias alias=" + name);
        }
        yield find(id);
      }
    };
  }

  private CustomerKey find(UUID id) {
    CustomerKey key = keys.get(id);
    if (key == null) {
      throw deleted.containsKey(id)
          ? new NotFoundException(
              "key is deleted, what it encrypted cannot be read any more key=%s deleted=%s"
                  .formatted(id, deleted.get(id)))
          : new NotFoundException("no such key key=" + id);
    }
    return key;
  }

  /// Whether an id is or was that of a key.
  boolean knows(UUID id) {
    return keys.containsKey(id) || deleted.containsKey(id);
  }

  void checkRoomForKey() {
    if (keys.size() == MAX_KEYS) {
      throw new LimitExceededException("too many keys limit=" + MAX_KEYS);
    }
  }

  /// With a key, in place of the one of the same id if there is one.
  KeyRing with(CustomerKey key) {
    SortedMap<UUID, CustomerKey> next = new TreeMap<>(keys);
    next.put(key.id(), key);
    return new KeyRing(next, aliases, grants, deleted);
  }

  /// Without a key, its aliases and its grants.
  KeyRing without(CustomerKey key, Instant now) {
    SortedMap<UUID, CustomerKey> fewerKeys = new TreeMap<>(keys);
    fewerKeys.remove(key.id());
    SortedMap<String, UUID> fewerAliases = new TreeMap<>(aliases);
    fewerAliases.values().removeIf(key.id()::equals);
    SortedMap<String, StoredGrant> fewerGrants = new TreeMap<>(grants);
    fewerGrants.values().removeIf(stored -> belongs(stored, key));
    SortedMap<UUID, Instant> more = new TreeMap<>(deleted);
    more.put(key.id(), now);
    if (more.size() > MAX_DELETED) {
      more.remove(Collections.min(more.entrySet(), Map.Entry.comparingByValue()).getKey());
    }
    return new KeyRing(fewerKeys, fewerAliases, fewerGrants, more);
  }

  KeyRing withNewAlias(String name, CustomerKey target) {
    if (aliases.containsKey(name)) {
      throw new AlreadyExistsException("alias exists alias=" + name);
    }
    return withAlias(name, target);
  }

  KeyRing withMovedAlias(String name, CustomerKey target) {
    checkAlias(name);
    return withAlias(name, target);
  }

  KeyRing withoutAlias(String name) {
    checkAlias(name);
    SortedMap<String, UUID> next = new TreeMap<>(aliases);
    next.remove(name);
    return new KeyRing(keys, next, grants, deleted);
  }

  List<StoredGrant> grantsOf(CustomerKey key) {
    return grants.values().stream().filter(stored -> belongs(stored, key)).toList();
  }

  Optional<StoredGrant> grantByToken(String token) {
    String digest = StoredGrant.digest(token);
    return grants.values().stream().filter(s -> s.tokenDigest().equals(digest)).findFirst();
  }

  /// The grant of a key.
  StoredGrant grant(CustomerKey key, String grantId) {
    StoredGrant stored = grants.get(grantId);
    if (stored == null || !belongs(stored, key)) {
      throw new NotFoundException("no such grant key=%s grant=%s".formatted(key.id(), grantId));
    }
    return stored;
  }

  KeyRing withGrant(StoredGrant stored) {
    if (grants.size() == MAX_GRANTS) {
      throw new LimitExceededException("too many grants limit=" + MAX_GRANTS);
    }
    SortedMap<String, StoredGrant> next = new TreeMap<>(grants);
    next.put(stored.grant().grantId(), stored);
    return new KeyRing(keys, aliases, next, deleted);
  }

  KeyRing withoutGrant(String grantId) {
    SortedMap<String, StoredGrant> next = new TreeMap<>(grants);
    next.remove(grantId);
    return new KeyRing(keys, aliases, next, deleted);
  }

  private KeyRing withAlias(String name, CustomerKey target) {
    target.checkNotPendingDeletion();
    long count = aliases.values().stream().filter(target.id()::equals).count();
    if (count == MAX_ALIASES_PER_KEY) {
      throw new LimitExceededException(
          "too many aliases key=%s limit=%d".formatted(target.id(), MAX_ALIASES_PER_KEY));
    }
    SortedMap<String, UUID> next = new TreeMap<>(aliases);
    next.put(name, target.id());
    return new KeyRing(keys, next, grants, deleted);
  }

  private void checkAlias(String name) {
    if (!aliases.containsKey(name)) {
      throw new NotFoundException("no such alias alias=" + name);
    }
  }

  private static boolean belongs(StoredGrant stored, CustomerKey key) {
    return stored.grant().keyId().equals(key.id().toString());
  }
}
