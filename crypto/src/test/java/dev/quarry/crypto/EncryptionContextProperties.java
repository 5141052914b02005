package dev.quarry.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quarry.crypto.KeyServiceException.ValidationException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class EncryptionContextProperties {

  @Property
  void canonicalBytes_areEqual_exactlyForEqualContexts(
      @ForAll("pairs") Map<String, String> one, @ForAll("pairs") Map<String, String> other) {
    assertEquals(
        one.equals(other),
        Arrays.equals(
            EncryptionContext.of(one).canonicalBytes(),
            EncryptionContext.of(other).canonicalBytes()));
  }

  @Example
  void canonicalBytes_areCountAndLengthsAndTexts_inOrderOfTheirBytes() {
    EncryptionContext context = EncryptionContext.of(Map.of("b", "", "aé", "1"));
    assertEquals(
        "00000002" + "00000003" + "61c3a9" + "00000001" + "31" + "00000001" + "62" + "00000000",
        HexFormat.of().formatHex(context.canonicalBytes()));
    assertArrayEquals(new byte[4], EncryptionContext.empty().canonicalBytes());
    // UTF-16 would put the second first: its surrogates lie below U+FF61
    EncryptionContext order = EncryptionContext.of(Map.of("\uff61", "", "\ud83d\ude00", ""));
    assertEquals("\uff61", order.pairs().firstKey());
  }

  @Example
  void context_thatIsEmptyTooLargeOrNoText_isRefused() {
    assertThrows(ValidationException.class, () -> EncryptionContext.of(Map.of("", "x")));
    assertThrows(ValidationException.class, () -> EncryptionContext.of(Map.of("a", "\ud800")));
    assertThrows(ValidationException.class, () -> EncryptionContext.of(Map.of("\udc00", "")));
    EncryptionContext.of(Map.of("a", "x".repeat(8191)));
    assertThrows(
        ValidationException.class, () -> EncryptionContext.of(Map.of("a", "x".repeat(8192))));
  }

  @Provide
  Arbitrary<Map<String, String>> pairs() {
    Arbitrary<String> texts = Arbitraries.strings().withChars("ab1\u0000é").ofMaxLength(3);
    return Arbitraries.maps(texts.filter(t -> !t.isEmpty()), texts).ofMaxSize(3);
  }
}
