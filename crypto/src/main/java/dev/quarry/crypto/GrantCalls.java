package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.InvalidGrantTokenException;
import dev.quarry.crypto.LocalKeyStore.Step;
import java.util.HexFormat;
import java.util.List;

/// The calls of a [LocalKeyService] about grants.
final class GrantCalls {
  private static final int TOKEN_BYTES = 32;
  private static final int GRANT_ID_BYTES = 32; // 64 digits, as in KMS

  private final LocalKeyStore store;

  GrantCalls(LocalKeyStore store) {
    this.store = store;
  }

  Grant.Created createGrant(Caller caller, String key, GrantRequest request) {
    AuditCall call = new AuditCall(caller, KeyOperation.CREATE_GRANT, key);
    return store.change(
        call,
        ring -> {
          CustomerKey found = store.find(ring, call, key);
          Authorization.checkMayGrant(caller, ring, found, request);
          found.checkUsable();
          String token = HexFormat.of().formatHex(store.random(TOKEN_BYTES));
          Grant grant =
              new Grant(
                  HexFormat.of().formatHex(store.random(GRANT_ID_BYTES)),
                  found.id().toString(),
                  caller.principal(),
                  store.now(),
                  request);
          call.detail("grant " + grant.grantId()).detail("to " + request.granteePrincipal());
          StoredGrant stored = new StoredGrant(grant, StoredGrant.digest(token));
          return new Step<>(ring.withGrant(stored), new Grant.Created(grant, token));
        });
  }

  List<Grant> listGrants(Caller caller, String key) {
    AuditCall call = new AuditCall(caller, KeyOperation.LIST_GRANTS, key);
    return store.use(
        call,
        ring -> {
          Authorization.checkOwner(caller, KeyOperation.LIST_GRANTS);
          return ring.grantsOf(store.find(ring, call, key)).stream()
              .map(StoredGrant::grant)
              .toList();
        });
  }

  void retireGrant(Caller caller, String token) {
    AuditCall call = new AuditCall(caller, KeyOperation.RETIRE_GRANT, "");
    store.change(
        call,
        ring -> {
          StoredGrant stored =
              ring.grantByToken(token)
                  .orElseThrow(() -> new InvalidGrantTokenException("grant token names no grant"));
          return retire(ring, call, stored);
        });
  }

  void retireGrant(Caller caller, String key, String grantId) {
    AuditCall call = new AuditCall(caller, KeyOperation.RETIRE_GRANT, key);
    store.change(
        call, ring -> retire(ring, call, ring.grant(store.find(ring, call, key), grantId)));
  }

  void revokeGrant(Caller caller, String key, String grantId) {
    AuditCall call =
        new AuditCall(caller, KeyOperation.REVOKE_GRANT, key).detail("grant " + grantId);
    store.change(
        call,
        ring -> {
          Authorization.checkOwner(caller, KeyOperation.REVOKE_GRANT);
          StoredGrant stored = ring.grant(store.find(ring, call, key), grantId);
          return new Step<>(ring.withoutGrant(grantId), stored);
        });
  }

  private static Step<StoredGrant> retire(KeyRing ring, AuditCall call, StoredGrant stored) {
    Grant grant = stored.grant();
    call.detail("grant " + grant.grantId()).detail("key " + grant.keyId());
    Authorization.checkMayRetire(call.caller(), grant);
    return new Step<>(ring.withoutGrant(grant.grantId()), stored);
  }
}
