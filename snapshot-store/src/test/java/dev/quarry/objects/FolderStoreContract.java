package dev.quarry.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What the stores promise that cannot hold an object and a folder of one name: they say so.
abstract class FolderStoreContract extends ObjectStoreContract {

  @Test
  void put_nameThatIsAFolder_isRefused() throws Exception {
    try (ObjectStore store = create()) {
      store.putIfAbsent("a/b/c", new byte[1]);
      assertThrows(IllegalArgumentException.class, () -> store.putIfAbsent("a", new byte[1]));
      assertThrows(IllegalArgumentException.class, () -> store.putIfAbsent("a/b", new byte[1]));
      assertEquals(Optional.empty(), store.get("a/b"));
      assertEquals(Optional.empty(), store.head("a"));
      assertEquals(List.of("a/b/c"), TestObjects.names(store, "", 10));
    }
  }

  @Test
  void put_folderThatIsAnObject_isRefused() throws Exception {
    try (ObjectStore store = create()) {
      store.putIfAbsent("a/b", new byte[1]);
      assertThrows(IllegalArgumentException.class, () -> store.putIfAbsent("a/b/c", new byte[1]));
      assertThrows(IllegalArgumentException.class, () -> store.putIfAbsent("a/b/c/d", new byte[1]));
      assertEquals(Optional.empty(), store.get("a/b/c"));
      assertEquals(List.of("a/b"), TestObjects.names(store, "a/b", 10));
      assertEquals(List.of(), TestObjects.names(store, "a/b/", 10));
      store.delete("a/b/c");
      assertEquals(List.of("a/b"), TestObjects.names(store, "", 10));
    }
  }
}
