package dev.quarry.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Passphrases from files and streams: one line of UTF-8, without its end.
final class PassphraseText {
  /// More than anybody writes; less than what is piped in by mistake.
  private static final int MAX_BYTES = 4096;

  private PassphraseText() {}

  /// The passphrase that is all of a file, which only its owner may read.
  static char[] ofFile(Path file) {
    try {
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
      if (!PosixFilePermissions.fromString("rw-------").containsAll(mode)) {
        throw new CliException(
            "the passphrase file is open to others file=%s mode=%s"
                .formatted(file, PosixFilePermissions.toString(mode)),
            "make it readable by its owner only: "
                + new ShellCommand(List.of("chmod", "600", file.toString())));
      }
      byte[] text = Files.readAllBytes(file);
      try (ByteArrayInputStream in = new ByteArrayInputStream(text)) {
        char[] line = ofLine(in);
        if (in.available() > 0) {
          Arrays.fill(line, '\0');
          throw new CliException(
              "the passphrase file has more than one line file=" + file,
              "a passphrase is one line");
        }
        return line;
      } finally {
        Arrays.fill(text, (byte) 0);
      }
    } catch (IOException e) {
      throw new CliException(
          "the passphrase file cannot be read file=%s reason=%s".formatted(file, e),
          "name a file with the passphrase in one line, or type it with --passphrase");
    }
  }

  /// The passphrase that is the next line of a stream; nothing after that is read.
  static char[] ofLine(InputStream in) {
    byte[] line = new byte[MAX_BYTES];
    try {
      int length = 0;
      int next = in.read();
      while (next >= 0 && next != '\n') {
        if (length == MAX_BYTES) {
          throw new CliException(
              "the passphrase is too long max_bytes=" + MAX_BYTES, "give one line of text");
        }
        line[length++] = (byte) next;
        next = in.read();
      }
      if (length > 0 && line[length - 1] == '\r') {
        length--;
      }
      if (length == 0) {
        throw new CliException("the passphrase is empty", "give it as one line of text");
      }
      return decoded(ByteBuffer.wrap(line, 0, length));
    } catch (IOException e) {
      throw new CliException("the passphrase cannot be read: " + e.getMessage(), "");
    } finally {
      Arrays.fill(line, (byte) 0);
    }
  }

  private static char[] decoded(ByteBuffer utf8) {
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(utf8);
      char[] characters = Arrays.copyOf(text.array(), text.limit());
      Arrays.fill(text.array(), '\0');
      return characters;
    } catch (CharacterCodingException e) {
      throw new CliException("the passphrase is not UTF-8", "give it as one line of text");
    }
  }
}
