package dev.quarry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How passphrases are read and typed.
final class PassphraseTest {
  @TempDir private Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"open sesame", "open sesame\n", "open sesame\r\n"})
  void file_isOneLine_withOrWithoutItsEnd(String text) throws Exception {
    assertEquals("open sesame", new String(PassphraseText.ofFile(file(text, "r--------"))));
  }

  @ParameterizedTest
  @CsvSource({
    "'', is empty",
    "'\n', is empty",
    "'two\nlines\n', more than one line",
    "'one\n\n', more than one line"
  })
  void file_ofAnotherForm_isRefused(String text, String why) throws Exception {
    Path file = file(text, "rw-------");
    CliException e = assertThrows(CliException.class, () -> PassphraseText.ofFile(file));
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }

  @Test
  void file_openToOthersOrMissing_isRefused() throws Exception {
    Path file = file("secret", "rw-r-----");
    CliException open = assertThrows(CliException.class, () -> PassphraseText.ofFile(file));
    assertTrue(open.getMessage().contains("open to others"), open.getMessage());
    assertEquals("make it readable by its owner only: chmod 600 " + file, open.hint());
    CliException none =
        assertThrows(CliException.class, () -> PassphraseText.ofFile(temp.resolve("none")));
    assertTrue(none.getMessage().contains("cannot be read"), none.getMessage());
  }

  @Test
  void stream_isReadLineByLine() {
    InputStream in = stream("älter 🐎\nnewer\n");
    assertEquals("älter 🐎", new String(PassphraseText.ofLine(in)));
    assertEquals("newer", new String(PassphraseText.ofLine(in)));
    assertThrows(CliException.class, () -> PassphraseText.ofLine(in));
  }

  @Test
  void stream_thatIsNoText_isRefused() {
    InputStream bytes = new ByteArrayInputStream(new byte[] {(byte) 0xc3, 0x28, '\n'});
    assertTrue(
        assertThrows(CliException.class, () -> PassphraseText.ofLine(bytes))
            .getMessage()
            .contains("not UTF-8"));
    InputStream endless = stream("x".repeat(5000));
    assertTrue(
        assertThrows(CliException.class, () -> PassphraseText.ofLine(endless))
            .getMessage()
            .contains("too long"));
  }

  @Test
  void typed_isAskedTwiceOnlyIfNew() {
    List<String> asked = new ArrayList<>();
    assertEquals("a", new String(typing(asked, "a").read(false)));
    assertEquals("b", new String(typing(asked, "b", "b").read(true)));
    assertEquals(List.of("Passphrase: ", "New passphrase: ", "The same again: "), asked);
  }

  @Test
  void typed_differentlyOrNotAtAll_isRefused() {
    List<String> asked = new ArrayList<>();
    assertThrows(CliException.class, () -> typing(asked, "a", "b").read(true));
    assertThrows(CliException.class, () -> typing(asked, "").read(false));
    assertThrows(CliException.class, () -> typing(asked).read(false));
    assertThrows(CliException.class, () -> typing(asked, "a").read(true));
  }

  private static TypedPassphrase typing(List<String> asked, String... answers) {
    Iterator<String> left = List.of(answers).iterator();
    return new TypedPassphrase(question -> {
      asked.add(question);
      return left.hasNext() ? Optional.of(left.next().toCharArray()) : Optional.empty();
    });
  }

  private Path file(String text, String mode) throws IOException {
    Path file = Files.writeString(temp.resolve("passphrase"), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    return file;
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
