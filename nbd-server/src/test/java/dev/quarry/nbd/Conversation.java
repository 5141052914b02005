package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.MemoryDevice;
import dev.quarry.block.ReadOnlyDevice;
import dev.quarry.tls.PskTls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A conversation with a server as bytes, from a file that people can read:
///
/// ```
/// # what it is about
/// @ required                    the server: plain, readonly, or required for TLS
/// C> 0000 "text" 00*16  # note  what the client sends
/// S> 0000 "text"                what the server must answer
/// S> end                        it closes the connection
/// ```
///
/// The server has one export, `vol`, of 1 MiB that was never written.
record Conversation(String name, Kind kind, List<Line> lines) {
  private static final String FOLDER = "/conversations";
  private static final int SIZE = 1 << 20;

  /// What the server is like.
  enum Kind {
    PLAIN,
    READONLY,
    REQUIRED
  }

  /// What one of them says.
  ///
  /// @param bytes nothing for the server's end
  record Line(boolean client, Optional<byte[]> bytes) {}

  /// All there are.
  static List<Conversation> all() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      List<Conversation> all = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        all.add(of(file));
      }
      return all;
    }
  }

  private static Path folder() {
    try {
      return Path.of(Conversation.class.getResource(FOLDER).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static Conversation of(Path file) throws IOException {
    Kind kind = Kind.PLAIN;
    List<Line> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("@ ")) {
        kind = Kind.valueOf(line.substring(2).strip().toUpperCase(java.util.Locale.ROOT));
      } else if (line.startsWith("C> ") || line.startsWith("S> ")) {
        String said = line.substring(3).strip();
        lines.add(
            new Line(
                line.startsWith("C"),
                said.equals("end") ? Optional.empty() : Optional.of(bytes(said))));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        throw new IOException("not a line of a conversation file=%s: %s".formatted(file, line));
      }
    }
    return new Conversation(file.getFileName().toString(), kind, lines);
  }

  private static byte[] bytes(String said) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int at = 0; at < said.length(); ) {
      int end;
      if (said.charAt(at) == '#') {
        break;
      } else if (said.charAt(at) == '"') {
        end = said.indexOf('"', at + 1) + 1;
        bytes.writeBytes(said.substring(at + 1, end - 1).getBytes(StandardCharsets.UTF_8));
      } else {
        end = (said + " ").indexOf(' ', at);
        String[] repeated = said.substring(at, end).split("\\*");
        byte[] hex = HexFormat.of().parseHex(repeated[0]);
        int times = repeated.length > 1 ? Integer.parseInt(repeated[1]) : 1;
        for (int i = 0; i < times; i++) {
          bytes.writeBytes(hex);
        }
      }
      for (at = end; at < said.length() && said.charAt(at) == ' '; at++) {}
    }
    return bytes.toByteArray();
  }

  /// All that the client says.
  byte[] client() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    lines.stream()
        .filter(Line::client)
        .forEach(line -> bytes.writeBytes(line.bytes().orElseThrow()));
    return bytes.toByteArray();
  }

  /// A server to hold it with.
  Served served() throws IOException {
    return served(kind, MemoryDevice.create(SIZE));
  }

  /// A server of a kind with a device.
  static Served served(Kind kind, BlockDevice device) throws IOException {
    return switch (kind) {
      case PLAIN -> Served.of(device);
      case READONLY -> Served.of(new ReadOnlyDevice(device));
      case REQUIRED -> {
        Path keys = Files.createTempFile("keys", ".psk");
        Files.writeString(keys, "alice:" + "00112233445566778899aabbccddeeff\n");
        TlsPolicy policy =
            new TlsPolicy(
                TlsMode.REQUIRED, Optional.of(PskTls.load(keys)), ExportAccess.everything());
        Files.delete(keys);
        yield Served.of(device, s -> s.withTls(s.addresses().getFirst(), policy));
      }
    };
  }

  @Override
  public String toString() {
    return name;
  }
}
