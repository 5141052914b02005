package dev.quarry.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/// TLS with keys that both sides have beforehand, from a file of `username:hexkey` lines, as
/// `psktool` writes it and libnbd, nbdkit and QEMU read it.
public final class PskTls implements TlsServer {
  private final Map<String, byte[]> keys;

  private PskTls(Map<String, byte[]> keys) {
    this.keys = keys;
  }

  /// Reads a file of keys.
  ///
  /// @throws IOException if it cannot be read or a line is not of that form; the message names file
  ///   and line, and no key
  public static PskTls load(Path file) throws IOException {
    Map<String, byte[]> keys = new HashMap<>();
    for (Map.Entry<Integer, String> entry : TextLines.of(file).entrySet()) {
      String line = entry.getValue();
      int colon = line.lastIndexOf(':');
      Optional<byte[]> key = colon <= 0 ? Optional.empty() : hex(line.substring(colon + 1));
      if (key.isEmpty()) {
        throw new IOException(
            "not a line of username:hexkey file=%s line=%d".formatted(file, entry.getKey()));
      }
      keys.put(line.substring(0, colon), key.get());
    }
    if (keys.isEmpty()) {
      throw new IOException("no key in the file file=" + file);
    }
    return new PskTls(keys);
  }

  @Override
  public TlsEngine begin() {
    return new PskEngine(new PskHandshake(new BcTlsCrypto(), keys));
  }

  private static Optional<byte[]> hex(String text) {
    try {
      byte[] key = HexFormat.of().parseHex(text);
      return key.length == 0 ? Optional.empty() : Optional.of(key);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
