package dev.quarry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class TextTableTest {

  @Test
  void toString_ofRows_alignsColumns_withoutTrailingBlanks() {
    TextTable table = new TextTable("ID", "NAME");
    table.add("vol-1", "a");
    table.add("v", "");
    assertEquals("ID     NAME\nvol-1  a\nv\n", table.toString());
  }

  @Test
  void add_anotherNumberOfCells_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new TextTable("A", "B").add("1"));
  }
}
