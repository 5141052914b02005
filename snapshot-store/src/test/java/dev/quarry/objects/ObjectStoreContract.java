package dev.quarry.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.objects.ObjectStore.Put;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every [ObjectStore] promises: run it on each store and each wrapper.
@Timeout(300)
abstract class ObjectStoreContract {
  private static final int WRITERS = 16;

  private ObjectStore store;

  /// A store that holds nothing. It is closed after the test.
  abstract ObjectStore create() throws Exception;

  @BeforeEach
  final void openStore() throws Exception {
    store = create();
  }

  @AfterEach
  final void closeStore() {
    store.close();
  }

  @Test
  void newStore_everyRead_findsNothing() throws Exception {
    assertEquals(Optional.empty(), store.get("a/b"));
    assertEquals(Optional.empty(), store.getRange("a/b", 0, 1));
    assertEquals(Optional.empty(), store.getRange("a/b", 0, 0));
    assertFalse(store.getRange("a/b", 5, MemorySegment.ofArray(new byte[3])));
    assertEquals(Optional.empty(), store.head("a/b"));
    assertEquals(new ObjectStore.Page(List.of(), false), store.list("", "", 10));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 511, 4096, 100_000})
  void put_absentName_createsWhatIsRead(int length) throws Exception {
    byte[] bytes = TestObjects.bytes(length, length);

    assertEquals(Put.CREATED, store.putIfAbsent("a/b/c", bytes));

    assertArrayEquals(bytes, store.get("a/b/c").orElseThrow());
    assertEquals(length, store.head("a/b/c").orElseThrow().sizeBytes());
    assertEquals(List.of(new ObjectStore.Entry("a/b/c", length)), store.list("", "", 10).entries());
  }

  @Test
  void put_nativeSegment_storesItsBytesOnly() throws Exception {
    byte[] bytes = TestObjects.bytes(1, 3000);
    try (Arena arena = Arena.ofShared()) {
      MemorySegment segment = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);

      store.putIfAbsent("native", segment.asSlice(7, 2000));
      store.putIfAbsent("heap", MemorySegment.ofArray(bytes).asSlice(7, 2000));
    }
    byte[] expected = Arrays.copyOfRange(bytes, 7, 2007);
    assertArrayEquals(expected, store.get("native").orElseThrow());
    assertArrayEquals(expected, store.get("heap").orElseThrow());
  }

  @Test
  void put_presentName_changesNothing() throws Exception {
    byte[] first = TestObjects.bytes(1, 100);
    store.putIfAbsent("name", first);

    assertEquals(Put.EXISTED, store.putIfAbsent("name", TestObjects.bytes(2, 50)));
    assertEquals(Put.EXISTED, store.putIfAbsent("name", new byte[0]));

    assertArrayEquals(first, store.get("name").orElseThrow());
    assertEquals(100, store.head("name").orElseThrow().sizeBytes());
  }

  @Test
  void put_largestObject_readsBackWholeAndInParts() throws Exception {
    int length = 16 * 1024 * 1024;
    byte[] bytes = TestObjects.bytes(1, length);

    assertEquals(Put.CREATED, store.putIfAbsent("large", bytes));

    assertArrayEquals(bytes, store.get("large").orElseThrow());
    int middle = length / 2 - 17;
    assertArrayEquals(
        Arrays.copyOfRange(bytes, middle, middle + 600_000),
        store.getRange("large", middle, 600_000).orElseThrow());
  }

  @Test
  void put_tooLarge_isRefused() {
    byte[] bytes = new byte[ObjectStore.MAX_OBJECT_BYTES + 1];
    assertThrows(IllegalArgumentException.class, () -> store.putIfAbsent("large", bytes));
  }

  /// Ten rounds of sixteen writers of one name.
  @Test
  void put_racingWriters_haveOneWinnerEach() throws Exception {
    for (int round = 0; round < 10; round++) {
      String name = "race/" + round;
      List<Callable<Put>> writers = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        byte[] bytes = TestObjects.bytes(writer, 700 + writer);
        writers.add(() -> store.putIfAbsent(name, bytes));
      }

      List<Put> answers = TestObjects.race(writers);

      assertEquals(1, Collections.frequency(answers, Put.CREATED), "winners of round " + round);
      int winner = answers.indexOf(Put.CREATED);
      assertArrayEquals(
          TestObjects.bytes(winner, 700 + winner), store.get(name).orElseThrow(), name);
    }
  }

  /// While writers race, readers see nothing or the whole of one object, always the same.
  @Test
  void get_whileWritersRace_seesOneWholeObjectOrNone() throws Exception {
    int length = 300_000;
    List<Callable<Optional<byte[]>>> tasks = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      byte[] bytes = TestObjects.bytes(i, length);
      tasks.add(() -> {
        store.putIfAbsent("contested", bytes);
        return Optional.empty();
      });
      for (int reader = 0; reader < 3; reader++) {
        tasks.add(() -> store.get("contested"));
      }
    }

    List<Optional<byte[]>> seen = TestObjects.race(tasks);

    byte[] there = store.get("contested").orElseThrow();
    for (Optional<byte[]> one : seen) {
      one.ifPresent(bytes -> assertArrayEquals(there, bytes));
    }
  }

  @Test
  void getRange_insideTheObject_fillsTheBufferExactly() throws Exception {
    byte[] bytes = TestObjects.bytes(1, 10_000);
    store.putIfAbsent("o", bytes);
    int[][] ranges = {{0, 1}, {0, 10_000}, {9_999, 1}, {4_095, 2}, {1, 9_999}, {5_000, 5_000}};
    for (int[] range : ranges) {
      byte[] expected = Arrays.copyOfRange(bytes, range[0], range[0] + range[1]);

      assertArrayEquals(expected, store.getRange("o", range[0], range[1]).orElseThrow());

      try (Arena arena = Arena.ofShared()) {
        MemorySegment around = arena.allocate(range[1] + 20);
        around.fill((byte) 0x55);
        assertTrue(store.getRange("o", range[0], around.asSlice(10, range[1])));
        byte[] got = around.toArray(ValueLayout.JAVA_BYTE);
        byte[] wanted = new byte[range[1] + 20];
        Arrays.fill(wanted, (byte) 0x55);
        System.arraycopy(expected, 0, wanted, 10, range[1]);
        assertArrayEquals(wanted, got);
      }
    }
  }

  @Test
  void getRange_empty_readsNothingOfAnObjectThatIsThere() throws Exception {
    store.putIfAbsent("o", TestObjects.bytes(1, 100));
    store.putIfAbsent("empty", new byte[0]);
    assertEquals(0, store.getRange("o", 0, 0).orElseThrow().length);
    assertEquals(0, store.getRange("o", 50, 0).orElseThrow().length);
    assertEquals(0, store.getRange("o", 100, 0).orElseThrow().length);
    assertEquals(0, store.getRange("empty", 0, 0).orElseThrow().length);
    assertThrows(ObjectStoreException.OutOfRange.class, () -> store.getRange("o", 101, 0));
  }

  @Test
  void getRange_pastTheEnd_isAnError() throws Exception {
    store.putIfAbsent("o", TestObjects.bytes(1, 100));
    store.putIfAbsent("empty", new byte[0]);
    assertThrows(ObjectStoreException.OutOfRange.class, () -> store.getRange("o", 0, 101));
    assertThrows(ObjectStoreException.OutOfRange.class, () -> store.getRange("o", 99, 2));
    assertThrows(ObjectStoreException.OutOfRange.class, () -> store.getRange("o", 100, 1));
    assertThrows(ObjectStoreException.OutOfRange.class, () -> store.getRange("o", 1L << 40, 1));
    assertThrows(ObjectStoreException.OutOfRange.class, () -> store.getRange("empty", 0, 1));
  }

  @Test
  void getRange_negative_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> store.getRange("o", -1, 1));
    assertThrows(IllegalArgumentException.class, () -> store.getRange("o", 0, -1));
  }

  @Test
  void head_checksumThatIsKept_isThatOfTheBytes() throws Exception {
    byte[] bytes = TestObjects.bytes(1, 1234);
    store.putIfAbsent("o", bytes);
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    assertEquals(
        keepsChecksums() ? OptionalInt.of((int) crc.getValue()) : OptionalInt.empty(),
        store.head("o").orElseThrow().crc32c());
  }

  /// Whether the store keeps the checksums of objects.
  boolean keepsChecksums() {
    return true;
  }

  @Test
  void list_manyObjects_comeInOrderWhateverThePage() throws Exception {
    List<String> names = new ArrayList<>();
    for (String folder : List.of("a", "a-b", "a.b", "a0", "ab", "a_b", "B", "Z/y/x")) {
      for (String leaf : List.of("1", "-", "10", "2", "deep/1", "deep-1", "deep.1/2", "x_")) {
        names.add(folder + "/" + leaf);
      }
    }
    names.add("a-");
    names.add("a.");
    List<String> shuffled = new ArrayList<>(names);
    Collections.shuffle(shuffled, new Random(1));
    for (String name : shuffled) {
      store.putIfAbsent(name, TestObjects.bytes(1, name.length()));
    }
    Collections.sort(names);

    for (int limit : new int[] {1, 7, names.size() - 1, names.size(), names.size() + 1, 1000}) {
      assertEquals(names, TestObjects.names(store, "", limit), "limit " + limit);
    }
    for (ObjectStore.Entry entry : store.list("", "", 1000).entries()) {
      assertEquals(entry.name().length(), entry.sizeBytes(), entry.name());
    }
    for (String prefix :
        List.of("a", "a/", "a/d", "a/deep", "a/deep/", "a/1", "Z", "a-", "c", "b/")) {
      assertEquals(
          names.stream().filter(name -> name.startsWith(prefix)).toList(),
          TestObjects.names(store, prefix, 5),
          "prefix " + prefix);
    }
  }

  @Test
  void list_startAfter_beginsWithTheNextName() throws Exception {
    for (String name : List.of("a/1", "a/2", "a-1", "b/1", "b/c/1")) {
      store.putIfAbsent(name, new byte[1]);
    }

    assertEquals(List.of("a-1", "a/1", "a/2", "b/1", "b/c/1"), after("", ""));
    assertEquals(List.of("a/1", "a/2", "b/1", "b/c/1"), after("", "a-1"));
    assertEquals(List.of("a/1", "a/2", "b/1", "b/c/1"), after("", "a-2"));
    assertEquals(List.of("a/1", "a/2", "b/1", "b/c/1"), after("", "a/"));
    assertEquals(List.of("a/2", "b/1", "b/c/1"), after("", "a/1"));
    assertEquals(List.of("a/2", "b/1", "b/c/1"), after("", "a/1/x"));
    assertEquals(List.of("b/c/1"), after("", "b/b/z"));
    assertEquals(List.of("b/c/1"), after("", "b/c"));
    assertEquals(List.of(), after("", "b/c/1"));
    assertEquals(List.of(), after("", "z"));
    assertEquals(List.of("a/2"), after("a/", "a/1"));
    assertEquals(List.of("a/1", "a/2"), after("a/", "Z"));
    assertEquals(List.of(), after("a/", "b"));
    assertEquals(List.of(), after("a/1", "a/1"));
  }

  private List<String> after(String prefix, String startAfter) throws Exception {
    return store.list(prefix, startAfter, 1000).entries().stream()
        .map(ObjectStore.Entry::name)
        .toList();
  }

  @Test
  void list_exactlyOnePage_saysThereIsNoMore() throws Exception {
    store.putIfAbsent("a/1", new byte[1]);
    store.putIfAbsent("a/2", new byte[1]);
    store.putIfAbsent("b/1", new byte[1]);
    assertFalse(store.list("a/", "", 2).more());
    assertTrue(store.list("a/", "", 1).more());
    assertFalse(store.list("", "", 3).more());
    assertTrue(store.list("", "", 2).more());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1001})
  void list_limitOutsideTheRules_isRefused(int limit) {
    assertThrows(IllegalArgumentException.class, () -> store.list("", "", limit));
  }

  @Test
  void delete_presentObject_isGoneAtOnce() throws Exception {
    store.putIfAbsent("a/b/c", TestObjects.bytes(1, 10));
    store.putIfAbsent("a/b/d", TestObjects.bytes(2, 10));

    store.delete("a/b/c");

    assertEquals(Optional.empty(), store.get("a/b/c"));
    assertEquals(Optional.empty(), store.head("a/b/c"));
    assertEquals(List.of("a/b/d"), TestObjects.names(store, "", 10));
    store.delete("a/b/d");
    assertEquals(List.of(), TestObjects.names(store, "", 10));
  }

  @Test
  void delete_absentObject_doesNothing() throws Exception {
    store.putIfAbsent("a/b", new byte[1]);
    store.delete("a/c");
    store.delete("x/y/z");
    store.delete("a");
    assertEquals(List.of("a/b"), TestObjects.names(store, "", 10));
  }

  @Test
  void put_afterDelete_createsAnew() throws Exception {
    for (int round = 0; round < 3; round++) {
      byte[] bytes = TestObjects.bytes(round, 64);
      assertEquals(Put.CREATED, store.putIfAbsent("a/b/c", bytes));
      assertArrayEquals(bytes, store.get("a/b/c").orElseThrow());
      store.delete("a/b/c");
    }
  }

  /// The store, as puts should use it that race with deletes.
  ObjectStore raced(ObjectStore raced) {
    return raced;
  }

  @Test
  void delete_concurrentlyWithOthersAndPuts_leavesWhatWasNotDeleted() throws Exception {
    for (int round = 0; round < 3; round++) {
      store.putIfAbsent("d/gone", new byte[10]);
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String kept = "d/kept-" + round + "-" + i;
        tasks.add(() -> {
          store.delete("d/gone");
          return true;
        });
        tasks.add(() -> raced(store).putIfAbsent(kept, new byte[10]) == Put.CREATED);
      }

      assertFalse(TestObjects.race(tasks).contains(false));

      List<String> there = TestObjects.names(store, "d/", 100);
      assertEquals(8, there.size(), there.toString());
      for (String name : there) {
        store.delete(name);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "A",
        "0",
        "_",
        "-",
        "a.",
        "a..b",
        "-a/-b",
        "a--b/_/9.9",
        "UPPER/lower",
        "v/7d0b6e2e-6a3c-4f0e-9c55-1c8a4a0f7b11/log/00000000000000000042"
      })
  void name_withinTheRules_isAnObject(String name) throws Exception {
    byte[] bytes = TestObjects.bytes(name.hashCode(), 33);
    assertEquals(Put.CREATED, store.putIfAbsent(name, bytes));
    assertArrayEquals(bytes, store.get(name).orElseThrow());
    assertEquals(List.of(name), TestObjects.names(store, "", 10));
    store.delete(name);
    assertEquals(Optional.empty(), store.head(name));
  }

  @Test
  void name_asLongAsAllowed_isAnObject() throws Exception {
    String element = "e".repeat(ObjectName.MAX_ELEMENT_LENGTH);
    String name = String.join("/", element, element, element);
    assertEquals(Put.CREATED, store.putIfAbsent(name, new byte[5]));
    assertEquals(5, store.get(name).orElseThrow().length);
    assertEquals(List.of(name), TestObjects.names(store, element + "/", 10));
  }

  @Test
  void names_thatDifferInCase_differ() throws Exception {
    store.putIfAbsent("x/name", new byte[1]);
    assertEquals(Put.CREATED, store.putIfAbsent("x/Name", new byte[2]));
    assertEquals(List.of("x/Name", "x/name"), TestObjects.names(store, "x/", 10));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "../a",
        "a/../b",
        "a/.b",
        ".incoming/a",
        "a b",
        "a\\b",
        "a\u0000",
        "é",
        "a%2e",
        "a?b",
        "a*"
      })
  void name_outsideTheRules_isRefusedByEveryVerb(String name) {
    assertThrows(IllegalArgumentException.class, () -> store.putIfAbsent(name, new byte[1]));
    assertThrows(IllegalArgumentException.class, () -> store.get(name));
    assertThrows(IllegalArgumentException.class, () -> store.getRange(name, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> store.head(name));
    assertThrows(IllegalArgumentException.class, () -> store.delete(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "a//", "../", "a/.b", "a b", "%"})
  void list_prefixThatNoNameHas_isRefused(String prefix) {
    assertThrows(IllegalArgumentException.class, () -> store.list(prefix, "", 10));
    assertThrows(IllegalArgumentException.class, () -> store.list("", prefix, 10));
  }

  @Test
  void closedStore_everyVerb_isStopped() throws Exception {
    store.putIfAbsent("a", new byte[1]);
    store.close();
    assertThrows(ObjectStoreException.Stopped.class, () -> store.putIfAbsent("b", new byte[1]));
    assertThrows(ObjectStoreException.Stopped.class, () -> store.get("a"));
    assertThrows(ObjectStoreException.Stopped.class, () -> store.getRange("a", 0, 1));
    assertThrows(ObjectStoreException.Stopped.class, () -> store.head("a"));
    assertThrows(ObjectStoreException.Stopped.class, () -> store.list("", "", 1));
    assertThrows(ObjectStoreException.Stopped.class, () -> store.delete("a"));
  }
}
