package dev.quarry.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quarry.crypto.KeyServiceException.ValidationException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Argon2idTest {

  /// RFC 9106, 5.3.
  @Test
  void derive_vectorOfTheRfc_matches() {
    byte[] tag =
        Argon2id.derive(
            filled(32, 1),
            filled(16, 2),
            filled(8, 3),
            filled(12, 4),
            new Argon2Cost(32, 3, 4),
            32);
    assertEquals(
        "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
        HexFormat.of().formatHex(tag));
  }

  @ParameterizedTest
  @CsvSource({"31, 3, 4", "262145, 3, 4", "64, 0, 1", "64, 17, 1", "64, 1, 0", "1024, 1, 17"})
  void cost_outOfBounds_isRefused(int memoryKib, int iterations, int lanes) {
    assertThrows(ValidationException.class, () -> new Argon2Cost(memoryKib, iterations, lanes));
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
