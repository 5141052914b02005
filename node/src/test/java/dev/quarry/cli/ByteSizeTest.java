package dev.quarry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ByteSizeTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1073741824, 1073741824",
    "512B, 512",
    "1K, 1024",
    "1KiB, 1024",
    "1Ki, 1024",
    "1KB, 1000",
    "20GiB, 21474836480",
    "20G, 21474836480",
    "20g, 21474836480",
    "20 gib, 21474836480",
    "20GB, 20000000000",
    "64TiB, 70368744177664",
    "1.5TiB, 1649267441664",
    "0.5K, 512",
    ".5K, 512",
    "1PiB, 1125899906842624",
    "' 7M ', 7340032",
  })
  void parse_aSize_countsItsBytes(String text, long bytes) {
    assertEquals(bytes, ByteSize.parse(text).bytes());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "GiB",
        "-1GiB",
        "+1G",
        "1X",
        "1GiBB",
        "1iB",
        "1.2.3G",
        "0.3B",
        "1e3",
        "0x10",
        "1,5G",
        "16E",
        "99999999999999999999",
        "１G",
      })
  void parse_noSize_saysWhatOneLooksLike(String text) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(text));
    assertTrue(e.getMessage().startsWith("'" + text + "' is not a size; write one like 20GiB"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1000, 1000 B",
    "1024, 1 KiB",
    "1536, 1536 B",
    "10737418240, 10 GiB",
    "1649267441664, 1536 GiB",
    "70368744177664, 64 TiB",
    "1152921504606846976, 1 EiB",
  })
  void toString_ofBytes_isInTheLargestWholeUnit(long bytes, String text) {
    assertEquals(text, new ByteSize(bytes).toString());
  }
}
