package dev.quarry.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.launcher.FakeTree.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./quarry test`: what it says about the tests that Maven ran.
final class LauncherTestCommandTest {
  private static final String GOOD =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuite name="dev.quarry.GoodTest" time="0.1" tests="4" errors="0" skipped="2" failures="0">
        <testcase name="works" classname="dev.quarry.GoodTest" time="0.1"/>
        <testcase name="works &lt;too&gt;" classname="dev.quarry.GoodTest" time="0.1"/>
        <testcase name="needsTool" classname="dev.quarry.GoodTest" time="0">
          <skipped message="Assumption failed: &quot;nbdkit&quot; &amp; qemu are missing" type="X"/>
        </testcase>
        <testcase name="aborts" classname="dev.quarry.GoodTest" time="0">
          <skipped type="X"><![CDATA[org.opentest4j.TestAbortedException: no <such> kernel
      	at dev.quarry.GoodTest.<init>(GoodTest.java:1)
      ]]></skipped>
        </testcase>
      </testsuite>
      """;
  private static final String BAD =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuite name="dev.quarry.BadTest" time="0.1" tests="2" errors="1" skipped="0" failures="1">
        <testcase name="differs" classname="dev.quarry.BadTest" time="0.1">
          <failure message="expected: &lt;1&gt;&#10;but was: &lt;2&gt;" type="X">trace</failure>
        </testcase>
        <testcase name="breaks" classname="dev.quarry.BadTest" time="0.1">
          <error type="java.lang.IllegalStateException"><![CDATA[java.lang.IllegalStateException
      	at dev.quarry.BadTest.breaks(BadTest.java:1)
      ]]></error>
        </testcase>
      </testsuite>
      """;

  @TempDir private Path folder;
  private FakeTree tree;

  @BeforeEach
  void makeTree() throws Exception {
    tree = new FakeTree(folder);
    tree.jdk("jvms/jdk-25", "25.0.3");
    tree.set("QUARRY_NO_INSTALL", "1");
  }

  @Test
  void allPassed_exitsZero_andEndsWithTheCount() throws Exception {
    tree.write("reports/TEST-Good.xml", GOOD);
    Result result = tree.run("test");
    assertEquals(0, result.exitCode(), result.err());
    assertEquals("2 passed, 0 failed, 2 skipped", result.lines().getLast());
  }

  @Test
  void skipped_isNamedWithItsReason() throws Exception {
    tree.write("reports/TEST-Good.xml", GOOD);
    assertTrue(
        tree.run("test")
            .lines()
            .contains(
                "skipped dev.quarry.GoodTest.needsTool: Assumption failed: \"nbdkit\" & qemu are"
                    + " missing"));
  }

  @Test
  void aborted_isNamedWithTheHeadOfItsTrace() throws Exception {
    tree.write("reports/TEST-Good.xml", GOOD);
    assertTrue(
        tree.run("test").lines().contains("skipped dev.quarry.GoodTest.aborts: no <such> kernel"));
  }

  @Test
  void failures_exitOne_andAreNamed() throws Exception {
    tree.write("reports/TEST-Good.xml", GOOD);
    tree.write("reports/TEST-Bad.xml", BAD);
    Result result = tree.run("test");
    assertEquals(1, result.exitCode());
    assertEquals("2 passed, 2 failed, 2 skipped", result.lines().getLast());
    assertTrue(
        result.lines().contains("FAILED  dev.quarry.BadTest.differs: expected: <1> but was: <2>"));
    assertTrue(
        result
            .lines()
            .contains("FAILED  dev.quarry.BadTest.breaks: java.lang.IllegalStateException"));
  }

  @Test
  void buildFailed_exitsOne_thoughNoTestDid() throws Exception {
    tree.write("mvn.fails", "");
    Result result = tree.run("test");
    assertEquals(1, result.exitCode());
    assertEquals("0 passed, 0 failed, 0 skipped", result.lines().getLast());
  }

  @Test
  void reportsOfAnEarlierRun_doNotCount() throws Exception {
    tree.write("tree with spaces/crypto/target/surefire-reports/TEST-Bad.xml", BAD);
    tree.write("reports/TEST-Good.xml", GOOD);
    assertEquals("2 passed, 0 failed, 2 skipped", tree.run("test").lines().getLast());
  }

  @Test
  void soak_andOtherArguments_goToMaven() throws Exception {
    tree.run("test", "--soak", "-Dtest=OneTest");
    assertTrue(
        tree.mavenLog().getFirst().endsWith("-Dquarry.soak=true -Dtest=OneTest verify"),
        tree.mavenLog().toString());
  }

  @Test
  void missingTools_areNamedWithTheReasonTheyAreNotInstalled() throws Exception {
    Result result = tree.run("test");
    assertTrue(
        result
            .err()
            .contains("will be skipped, as QUARRY_NO_INSTALL is set: nbdkit nbdinfo nbdcopy"),
        result.err());
  }
}
