package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.disk.PosixDisk;
import dev.quarry.volume.ControlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Marks of what is pending.
final class PendingMarksTest {
  private static final UUID ONE = new UUID(1, 1);
  private static final UUID TWO = new UUID(1, 2);

  @TempDir private Path folder;
  private PendingMarks marks;

  @BeforeEach
  void open() throws IOException {
    marks = PendingMarks.open(disk());
  }

  @Test
  void marks_areThereWhenTheyAreOpenedAgain_unlessRemoved() throws IOException {
    marks.put(ONE);
    marks.put(ONE);
    marks.put(TWO);
    marks.end(TWO);
    marks.remove(TWO);
    marks.remove(TWO);
    assertEquals(List.of(), marks.left(), "of an earlier process");
    assertEquals(List.of(ONE), left());
  }

  @Test
  void remove_whileAnotherSnapshotIsAboutToBegin_leavesTheMark() throws IOException {
    marks.put(ONE);
    marks.put(ONE); // the second one, before its entry
    marks.end(ONE);
    marks.remove(ONE); // the first one has ended, and the log has nothing of the second
    assertEquals(List.of(ONE), left());
    marks.end(ONE);
    assertEquals(List.of(ONE), left());
    marks.remove(ONE);
    assertEquals(List.of(), left());
  }

  @Test
  void put_whereNothingCanBeWritten_isUnavailable_andSaysWhatToDo() throws IOException {
    Files.delete(folder.resolve("pending"));
    var e = assertThrows(ControlException.Unavailable.class, () -> marks.put(ONE));
    assertTrue(e.getMessage().contains("see to the disk"), e.getMessage());
  }

  private List<UUID> left() throws IOException {
    return PendingMarks.open(disk()).left();
  }

  private PosixDisk disk() throws IOException {
    return PosixDisk.open(folder.resolve("pending"));
  }
}
