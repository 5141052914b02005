package dev.quarry.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.launcher.FakeTree.Result;
import dev.quarry.launcher.FakeTree.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// When the launcher builds, and what it then runs.
final class LauncherBuildTest {
  @TempDir private Path folder;
  private FakeTree tree;

  @BeforeEach
  void makeTree() throws Exception {
    tree = new FakeTree(folder);
    tree.jdk("jvms/jdk-25", "25.0.3");
  }

  @Test
  void firstUse_builds_andSaysHowLong() throws Exception {
    Result result = tree.run("volume", "list");
    assertEquals(0, result.exitCode(), result.err());
    assertEquals(1, tree.builds());
    assertTrue(result.err().contains("quarry: building Quarry"), result.err());
    assertTrue(result.err().matches("(?s).*quarry: built in [0-9]+ s\n"), result.err());
  }

  @Test
  void secondUse_runsWithoutMavenAndWithoutAWord() throws Exception {
    tree.run("status");
    Result result = tree.run("status");
    assertEquals("", result.err());
    assertEquals(1, tree.builds());
  }

  @Test
  void sourceChanged_buildsAgain() throws Exception {
    tree.run("status");
    touch("node/src/main/java/A.java");
    tree.run("status");
    assertEquals(2, tree.builds());
  }

  @Test
  void pomChanged_buildsAgain() throws Exception {
    tree.run("status");
    touch("volume-core/pom.xml");
    tree.run("status");
    assertEquals(2, tree.builds());
  }

  @Test
  void sourceRemoved_buildsAgain() throws Exception {
    tree.run("status");
    Files.delete(tree.root().resolve("crypto/src/main/java/B.java"));
    touch("crypto/src/main/java"); // as removing does, but beyond the clock's grain
    tree.run("status");
    assertEquals(2, tree.builds());
  }

  @Test
  void buildCommand_alwaysBuilds() throws Exception {
    tree.run("build");
    assertEquals(0, tree.run("build").exitCode());
    assertEquals(2, tree.builds());
  }

  @Test
  void failedBuild_showsWhatMavenSaid_andIsTriedAgain() throws Exception {
    tree.write("mvn.fails", "");
    Result failed = tree.run("status");
    assertEquals(1, failed.exitCode());
    assertTrue(failed.err().contains("the compiler said no"), failed.err());
    Files.delete(folder.resolve("mvn.fails"));
    assertEquals(0, tree.run("status").exitCode());
    assertEquals(2, tree.builds());
  }

  @Test
  void twoLaunchesAtOnce_buildOnce() throws Exception {
    tree.set("FAKE_MVN_SECONDS", "0.5");
    Running one = tree.start("status");
    Running two = tree.start("status");
    Result first = FakeTree.result(one);
    Result second = FakeTree.result(two);
    assertEquals(List.of(0, 0), List.of(first.exitCode(), second.exitCode()));
    assertEquals(1, tree.builds());
    assertEquals(first.out(), second.out());
  }

  @Test
  void throughALinkFromElsewhere_findsItsTree() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("bin/q"), tree.root().resolve("quarry"));
    Path elsewhere = Files.createDirectories(folder.resolve("some where"));
    Result result = tree.run(link, elsewhere, "status");
    assertEquals(0, result.exitCode(), result.err());
    assertTrue(result.lines().contains("status"));
  }

  @Test
  void command_getsItsArgumentsWhole_andTheQuickJvm() throws Exception {
    List<String> lines = tree.run("volume", "create", "--tag", "a=b c", "").lines();
    int main = lines.indexOf("dev.quarry.cli.Quarry");
    assertEquals(
        List.of("volume", "create", "--tag", "a=b c", ""), lines.subList(main + 1, lines.size()));
    assertTrue(lines.containsAll(List.of("-Dflag=one", "-Dother=two", "-XX:+UseSerialGC")));
    assertTrue(lines.stream().anyMatch(l -> l.endsWith("/client.aot")), "the AOT cache is used");
    assertEquals("node\n", Files.readString(Path.of(lines.get(main - 1))), "the jar of node");
  }

  @Test
  void build_holdsAllJars() throws Exception {
    List<String> lines = tree.run("status").lines();
    Path jars = Path.of(lines.get(lines.indexOf("dev.quarry.cli.Quarry") - 1)).getParent();
    assertEquals(List.of("bench.jar", "crypto-1.jar", "node.jar", "slf4j.jar"), names(jars));
  }

  @Test
  void bench_getsItsJarToo_andTheFullCompiler() throws Exception {
    List<String> lines = tree.run("bench", "tiers").lines();
    int main = lines.indexOf("dev.quarry.cli.Quarry");
    assertEquals(List.of("bench", "tiers"), lines.subList(main + 1, lines.size()));
    String[] jars = lines.get(main - 1).split(":");
    assertEquals("node\n", Files.readString(Path.of(jars[0])));
    assertEquals("bench\n", Files.readString(Path.of(jars[1])));
    assertFalse(lines.contains("-XX:TieredStopAtLevel=1"));
  }

  @Test
  void benchNbd_getsTheQuickCompiler() throws Exception {
    List<String> lines = tree.run("bench", "nbd", "nbd://host/disk").lines();
    assertTrue(lines.contains("-XX:TieredStopAtLevel=1"), lines::toString);
    String[] jars = lines.get(lines.indexOf("dev.quarry.cli.Quarry") - 1).split(":");
    assertEquals("bench\n", Files.readString(Path.of(jars[1])));
  }

  @Test
  void serve_getsAHeapItsAotCacheAndTheUsersOptions() throws Exception {
    tree.set("QUARRY_JVM_OPTS", "-Xmx3g -Dmine=1");
    List<String> lines = tree.run("serve", "--data", "x").lines();
    assertTrue(lines.indexOf("-Xmx1g") < lines.indexOf("-Xmx3g"), "the user's come last");
    assertTrue(lines.contains("-Dmine=1"));
    assertFalse(lines.contains("-XX:+UseSerialGC"));
    assertTrue(lines.stream().anyMatch(l -> l.endsWith("/node.aot")), "the AOT cache is used");
    assertTrue(lines.stream().noneMatch(l -> l.endsWith("/client.aot")));
  }

  @Test
  void serve_afterARehearsalThatFailed_doesWithoutAnAotCache() throws Exception {
    tree.write("node.fails", "");
    List<String> lines = tree.run("serve", "--data", "x").lines();
    assertTrue(lines.contains("serve"));
    assertTrue(lines.stream().noneMatch(l -> l.contains("AOTCache")));
  }

  @Test
  void runningNode_keepsItsBuild_untilItEnds() throws Exception {
    tree.run("status");
    Running node = tree.start("serve", "block");
    Path held = tree.root().resolve("target/quarry").resolve(currentBuild());
    awaitLock(held.resolve("started"));
    tree.run("build");
    tree.run("build");
    tree.run("build");
    assertTrue(Files.exists(held.resolve("lib/node.jar")));
    node.process().destroy();
    node.process().waitFor();
    tree.run("build");
    assertFalse(Files.exists(held));
    assertEquals(2, builds().size(), "the newest and the one before");
  }

  private String currentBuild() throws Exception {
    return Files.readString(tree.root().resolve("target/quarry/current")).strip();
  }

  private List<String> builds() throws Exception {
    return names(tree.root().resolve("target/quarry")).stream()
        .filter(name -> name.matches("[0-9]+-[0-9]+"))
        .toList();
  }

  /// Waits until another process holds a lock on a file.
  private static void awaitLock(Path file) throws Exception {
    for (int i = 0; i < 600; i++) {
      Process probe = new ProcessBuilder("flock", "-n", "-x", file.toString(), "true").start();
      if (probe.waitFor() != 0) {
        return;
      }
    }
    throw new AssertionError("the node does not hold its build");
  }

  private static List<String> names(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private void touch(String path) throws Exception {
    Files.setLastModifiedTime(
        tree.root().resolve(path), FileTime.from(Instant.now().plusSeconds(2)));
  }
}
