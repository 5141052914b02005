package dev.quarry.interop;

import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Scripts that drive libnbd, the strictest client there is, from Python.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class LibnbdScriptTest {
  @RegisterExtension final NodeFixture fixture = new NodeFixture("libnbd", encrypted());

  private ServedVolume volume;

  @BeforeAll
  void start() throws Exception {
    volume = fixture.node().create(1L << 30);
  }

  @ParameterizedTest
  @EnumSource
  void volume_64RequestsInFlight_areAllDone(Transport transport) throws Exception {
    run("in_flight.py", transport);
  }

  @ParameterizedTest
  @EnumSource
  void volume_everyFlag_doesWhatItSays(Transport transport) throws Exception {
    run("flags.py", transport);
  }

  @ParameterizedTest
  @EnumSource
  void volume_whatMustNotBe_isRefusedAndHarmsNothing(Transport transport) throws Exception {
    run("errors.py", transport);
  }

  @ParameterizedTest
  @EnumSource
  void volume_structuredReplies_describeWhatIsThere(Transport transport) throws Exception {
    run("structured.py", transport);
  }

  private void run(String script, Transport transport) throws Exception {
    if (Command.of(Tool.PYTHON, "-c", "import nbd").run().exitCode() != 0) {
      throw Skip.because("Python has no module nbd (package python3-libnbd)");
    }
    Command.of(Tool.PYTHON, resource(script), volume.uri(transport)).succeed();
  }

  private static Path resource(String script) throws URISyntaxException {
    return Path.of(LibnbdScriptTest.class.getResource("/interop/libnbd/" + script).toURI());
  }

  /// Whether its volumes are encrypted.
  boolean encrypted() {
    return false;
  }
}
