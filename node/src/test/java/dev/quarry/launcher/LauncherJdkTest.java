package dev.quarry.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.launcher.FakeTree.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which JDK the launcher takes.
final class LauncherJdkTest {
  @TempDir private Path folder;
  private FakeTree tree;

  @BeforeEach
  void makeTree() throws Exception {
    tree = new FakeTree(folder);
  }

  @Test
  void jdk_none_endsWithOneSentence() throws Exception {
    tree.jdk("jvms/jdk-17", "17.0.15");
    tree.jdk("jvms/jdk-24", "24.0.1");
    Result result = tree.run("volume", "list");
    assertEquals(1, result.exitCode());
    assertEquals("", result.out());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().startsWith("quarry: no JDK 25 or newer was found; install one"));
    assertEquals(0, tree.builds());
  }

  @Test
  void jdk_ownVariable_winsOverAllOthers() throws Exception {
    Path own = tree.jdk("own jdk", "25");
    tree.set("QUARRY_JAVA_HOME", own.toString());
    tree.set("JAVA_HOME", tree.jdk("other", "26.0.1").toString());
    assertUses(own);
  }

  @Test
  void jdk_ownVariableTooOld_isRefusedNotReplaced() throws Exception {
    tree.set("QUARRY_JAVA_HOME", tree.jdk("own", "17.0.15").toString());
    tree.jdk("jvms/jdk-25", "25.0.3");
    Result result = tree.run("status");
    assertEquals(1, result.exitCode());
    assertEquals(
        "quarry: QUARRY_JAVA_HOME=" + folder.resolve("own") + " is not a JDK 25 or newer\n",
        result.err());
  }

  @Test
  void jdk_javaHome_isTakenIfNewEnough() throws Exception {
    Path home = tree.jdk("home", "26-ea");
    tree.set("JAVA_HOME", home.toString());
    tree.jdk("jvms/jdk-25", "25.0.3");
    assertUses(home);
  }

  @Test
  void jdk_onThePath_isFoundThroughItsLinks() throws Exception {
    Path jdk = tree.jdk("elsewhere/jdk", "25.0.1");
    Files.createSymbolicLink(folder.resolve("alternatives"), jdk.resolve("bin/java"));
    Files.createSymbolicLink(folder.resolve("bin/java"), folder.resolve("alternatives"));
    assertUses(jdk);
  }

  @Test
  void jdk_defaultTooOld_isPassedOverForOneInTheUsualFolders() throws Exception {
    tree.set("JAVA_HOME", tree.jdk("home", "17.0.15").toString());
    Path old = tree.jdk("old", "1.8.0_402");
    Files.createSymbolicLink(folder.resolve("bin/java"), old.resolve("bin/java"));
    tree.jdk("jvms/java-17", "17.0.15");
    assertUses(tree.jdk("jvms/temurin-25", "25.0.3"));
  }

  @Test
  void jdk_withoutCompiler_isNone() throws Exception {
    Path jre = tree.jdk("jvms/jre-25", "25.0.3");
    Files.delete(jre.resolve("bin/javac"));
    assertEquals(1, tree.run("status").exitCode());
  }

  private void assertUses(Path jdk) throws Exception {
    Result result = tree.run("status");
    assertEquals(0, result.exitCode(), result.err());
    assertEquals(jdk.resolve("bin/java").toString(), result.lines().getFirst());
    assertTrue(tree.mavenLog().contains("JAVA_HOME=" + jdk), "Maven runs on it too");
    assertFalse(result.err().contains("no JDK"));
  }
}
