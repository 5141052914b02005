package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.crypto.Caller;
import dev.quarry.crypto.DataKey;
import dev.quarry.crypto.EncryptionContext;
import dev.quarry.crypto.GeneratedKey;
import dev.quarry.crypto.KeyService;
import dev.quarry.crypto.LocalKeyService;
import dev.quarry.crypto.LocalKeySettings;
import dev.quarry.crypto.RootKeySource;
import dev.quarry.objects.MemoryStore;
import dev.quarry.volume.ChunkLayout;
import dev.quarry.volume.VolumeId;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreKeyringTest {
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;
  private static final VolumeId ID = new VolumeId("vol-0123456789abcdef0");
  private static final UUID LINEAGE = Lineages.of(ID);

  private final MemoryStore store = MemoryStore.create();
  @TempDir Path folder;
  private KeyService keys;
  private String customerKey;
  private Bits128 keyId;

  @BeforeEach
  void begin() throws Exception {
    keys =
        LocalKeyService.create(
            folder.resolve("keys"),
            new RootKeySource.EnvironmentVariable("KEY", Map.of("KEY", "42".repeat(32))),
            LocalKeySettings.standard());
    customerKey = keys.createKey(Caller.owner(), "for tests").keyId();
    GeneratedKey generated =
        keys.generateDataKey(Caller.owner(), customerKey, EncryptionContext.ofEbs(ID.text()));
    try (DataKey key = generated.dataKey();
        StoreKeyring keyring = keyring()) {
      keyId = Bits128.of(key.checkValue());
      keyring.put(LINEAGE, keyId, generated.wrapped().blob());
      keyring.put(LINEAGE, keyId, generated.wrapped().blob());
      assertEquals(keyId, keyring.sealsOf(LINEAGE).keyId());
    }
  }

  @AfterEach
  void end() {
    keys.close();
  }

  @Test
  void snapshot_ofAnEncryptedVolume_isReadByAnybodyWhoHasTheCustomerKey() {
    ByteVolume volume = new ByteVolume(3 * CHUNK);
    volume.write(100, Samples.bytes(1, CHUNK));
    SnapshotId id;
    try (StoreKeyring keyring = keyring()) {
      SnapshotService service = service(keyring);
      service.takeOver(LINEAGE);
      PendingSnapshot pending =
          Samples.begin(
              service,
              new SnapshotRequest(
                  LINEAGE, volume.freeze(0), Optional.empty(), "", Map.of(), Map.of(), Hints.NONE),
              5);
      pending.await();
      id = pending.id();
    }
    try (StoreKeyring other = keyring()) {
      SnapshotService service = service(other);
      assertArrayEquals(volume.contents(), Restores.whole(service.reader(id)));
      assertEquals(keyId, service.show(id).dataKey());
    }
    keys.disableKey(Caller.owner(), customerKey);
    try (StoreKeyring disabled = keyring()) {
      SnapshotService service = service(disabled);
      var e = assertThrows(SnapshotException.KeyUnusable.class, () -> service.reader(id));
      assertEquals("DisabledException", e.code());
    }
    try (StoreKeyring without = new StoreKeyring(store, Optional.empty(), Caller.owner())) {
      SnapshotService service = service(without);
      assertThrows(SnapshotException.IncorrectState.class, () -> service.reader(id));
    }
  }

  @Test
  void snapshot_whoseWrappedKeyWasRemoved_isRefused() throws Exception {
    SnapshotId id;
    try (StoreKeyring keyring = keyring()) {
      SnapshotService service = service(keyring);
      service.takeOver(LINEAGE);
      ByteVolume volume = new ByteVolume(CHUNK);
      volume.write(100, Samples.bytes(1, 1000));
      PendingSnapshot pending =
          Samples.begin(
              service,
              new SnapshotRequest(
                  LINEAGE, volume.freeze(0), Optional.empty(), "", Map.of(), Map.of(), Hints.NONE),
              5);
      pending.await();
      id = pending.id();
    }
    for (String name : Stores.names(store, ObjectNames.keys(LINEAGE))) {
      store.delete(name);
    }
    try (StoreKeyring keyring = keyring()) {
      SnapshotService service = service(keyring);
      assertThrows(SnapshotException.Corrupt.class, () -> service.reader(id));
    }
  }

  @Test
  void sealsOf_aKeyThatIsAnotherVolumes_isRefused() throws Exception {
    UUID other = Lineages.of(new VolumeId("vol-0000000000000000a"));
    String name = ObjectNames.key(LINEAGE, keyId, 1);
    store.putIfAbsent(ObjectNames.key(other, keyId, 1), store.get(name).orElseThrow());
    try (StoreKeyring keyring = keyring()) {
      var e = assertThrows(SnapshotException.KeyUnusable.class, () -> keyring.sealsOf(other));
      assertEquals("InvalidCiphertextException", e.code());
    }
  }

  @Test
  void sealsOf_aKeyUnderAnotherName_isRefused() throws Exception {
    byte[] wrapped = store.get(ObjectNames.key(LINEAGE, keyId, 1)).orElseThrow();
    store.delete(ObjectNames.key(LINEAGE, keyId, 1));
    store.putIfAbsent(ObjectNames.key(LINEAGE, new Bits128(1, 2), 1), wrapped);
    try (StoreKeyring keyring = keyring()) {
      var e = assertThrows(SnapshotException.Corrupt.class, () -> keyring.sealsOf(LINEAGE));
      assertTrue(e.getMessage().contains("another key lies here"), e.getMessage());
    }
  }

  @Test
  void put_afterALineageCountedAsPlain_isSeen() throws Exception {
    UUID other = Lineages.of(new VolumeId("vol-0000000000000000b"));
    GeneratedKey generated =
        keys.generateDataKey(
            Caller.owner(), customerKey, EncryptionContext.ofEbs("vol-0000000000000000b"));
    try (DataKey key = generated.dataKey();
        StoreKeyring keyring = keyring()) {
      assertInstanceOf(ChecksumSeals.class, keyring.sealsOf(other));
      keyring.put(other, Bits128.of(key.checkValue()), generated.wrapped().blob());
      assertInstanceOf(DataKeySeals.class, keyring.sealsOf(other));
    }
  }

  private StoreKeyring keyring() {
    return new StoreKeyring(store, Optional.of(keys), Caller.owner());
  }

  private SnapshotService service(Keyring keyring) {
    return new SnapshotService(
        store, keyring, Anchors.none(), Samples.CLOCK, new Random(), WriterLimits.DEFAULT);
  }
}
