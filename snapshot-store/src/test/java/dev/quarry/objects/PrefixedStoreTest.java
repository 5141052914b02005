package dev.quarry.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class PrefixedStoreTest extends FolderStoreContract {

  /// Neighbours before and after must not be seen.
  @Override
  ObjectStore create() throws Exception {
    MemoryStore all = MemoryStore.create();
    all.putIfAbsent("p-/x", new byte[1]);
    all.putIfAbsent("p/a/x", new byte[1]);
    all.putIfAbsent("p/q-/x", new byte[1]);
    all.putIfAbsent("p/q0/x", new byte[1]);
    all.putIfAbsent("q/x", new byte[1]);
    return PrefixedStore.of(all, "p/q");
  }

  @Test
  void objects_areInTheFolderOfTheStoreBehind() throws Exception {
    MemoryStore all = MemoryStore.create();
    PrefixedStore.of(all, "p/q").putIfAbsent("a", new byte[1]);
    assertEquals(List.of("p/q/a"), TestObjects.names(all, "", 10));
  }

  @Test
  void folderOutsideTheRules_isRefused() {
    MemoryStore all = MemoryStore.create();
    assertThrows(IllegalArgumentException.class, () -> PrefixedStore.of(all, ""));
    assertThrows(IllegalArgumentException.class, () -> PrefixedStore.of(all, "p/"));
    assertThrows(IllegalArgumentException.class, () -> PrefixedStore.of(all, "../p"));
  }

  @Test
  void toString_nestsTheStores() {
    assertEquals(
        "PrefixedStore(MemoryStore, p/)", PrefixedStore.of(MemoryStore.create(), "p").toString());
  }
}
