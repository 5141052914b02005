package dev.quarry.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.VolumeException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DirectoryLockTest {
  @TempDir Path directory;

  @Test
  void acquire_heldInThisProcess_isRefusedUntilClosed() throws Exception {
    DirectoryLock lock = DirectoryLock.acquire(directory);
    for (int i = 0; i < 2; i++) { // a refusal must not let go of the lock
      var e = assertThrows(DirectoryInUseException.class, () -> DirectoryLock.acquire(directory));
      assertTrue(e.getMessage().contains("directory=" + directory), e::getMessage);
      assertTrue(e.getMessage().contains("pid=" + ProcessHandle.current().pid()), e::getMessage);
    }
    assertEquals(ProcessHandle.current().pid() + "\n", Files.readString(directory.resolve("lock")));
    assertThrows(DirectoryInUseException.class, () -> DirectoryLock.acquire(directory));
    lock.close();
    lock.close();
    DirectoryLock.acquire(directory).close();
  }

  @Test
  void acquire_otherDirectory_isIndependent() throws Exception {
    Path other = Files.createDirectory(directory.resolve("other"));
    try (DirectoryLock _ = DirectoryLock.acquire(directory);
        DirectoryLock _ = DirectoryLock.acquire(other)) {
      assertTrue(Files.exists(other.resolve("lock")));
    }
  }

  @Test
  void acquire_heldByAnotherProcess_isRefusedUntilThatIsKilled() throws Exception {
    try (ChildJvm child = ChildJvm.start(Holder.class, directory.toString())) {
      assertEquals("locked", child.line());
      var e = assertThrows(DirectoryInUseException.class, () -> DirectoryLock.acquire(directory));
      assertTrue(e.getMessage().contains("pid=" + child.pid()), e::getMessage);
      child.kill();
      DirectoryLock.acquire(directory).close();
    }
  }

  @Test
  void acquire_directoryMissing_saysWhich() {
    var e =
        assertThrows(VolumeException.class, () -> DirectoryLock.acquire(directory.resolve("none")));
    assertTrue(e.getMessage().contains("none"), e::getMessage);
  }

  /// Locks a directory and waits to be killed.
  static final class Holder {
    public static void main(String[] arguments) throws Exception {
      try (DirectoryLock _ = DirectoryLock.acquire(Path.of(arguments[0]))) {
        System.out.println("locked");
        System.in.read();
      }
    }
  }
}
