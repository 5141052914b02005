package dev.quarry.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.quarry.crypto.EncryptionRules.DataKeyUse;
import dev.quarry.crypto.EncryptionRules.Defaults;
import dev.quarry.crypto.EncryptionRules.Encrypted;
import dev.quarry.crypto.EncryptionRules.Outcome;
import dev.quarry.crypto.EncryptionRules.OwnEncrypted;
import dev.quarry.crypto.EncryptionRules.Plain;
import dev.quarry.crypto.EncryptionRules.Refused;
import dev.quarry.crypto.EncryptionRules.SharedEncrypted;
import dev.quarry.crypto.EncryptionRules.Source;
import dev.quarry.crypto.EncryptionRules.Unencrypted;
import dev.quarry.crypto.EncryptionRules.Wish;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The tables row by row. `-` is a parameter left out; S is the source's key, D the default key, K
/// another one; a result names the key and whether the data key is new or the same.
class EncryptionRulesTest {

  @ParameterizedTest(name = "{0}, encrypted {1}, key {2}, by default {3}: {4}")
  @CsvSource({
    // nothing, or an unencrypted snapshot
    "plain, -,     -, off, unencrypted",
    "plain, true,  -, off, D new",
    "plain, true,  -, on,  D new",
    "plain, true,  K, off, K new",
    "plain, true,  K, on,  K new",
    "plain, -,     -, on,  D new",
    "plain, -,     K, on,  K new",
    "plain, false, -, on,  D new",
    "plain, false, -, off, unencrypted",
    "plain, -,     K, off, InvalidParameterDependency",
    "plain, false, K, off, InvalidParameterDependency",
    "plain, false, K, on,  K new",
    // the owner's encrypted snapshot
    "own,   -,     -, off, S same",
    "own,   true,  -, off, S same",
    "own,   true,  -, on,  S same",
    "own,   false, -, off, S same",
    "own,   false, -, on,  S same",
    "own,   -,     K, off, K new",
    "own,   true,  K, off, K new",
    "own,   false, K, on,  K new",
    "own,   true,  S, off, S same",
    "own,   -,     -, on,  S same",
    // a shared encrypted snapshot
    "shared, -,     -, off, D new",
    "shared, -,     -, on,  D new",
    "shared, true,  -, off, D new",
    "shared, true,  -, on,  D new",
    "shared, false, -, off, D new",
    "shared, false, -, on,  D new",
    "shared, true,  K, off, K new",
  })
  void createVolume_eachRow(
      String source, String encrypted, String key, String byDefault, String expected) {
    assertEquals(
        expected,
        text(
            EncryptionRules.createVolume(
                source(source), wish(encrypted, key), defaults(byDefault))));
  }

  @ParameterizedTest(name = "{0}, encrypted {1}, key {2}, by default {3}: {4}")
  @CsvSource({
    "plain,  -,     -, off, unencrypted",
    "plain,  true,  -, off, D new",
    "plain,  true,  K, off, K new",
    "plain,  -,     -, on,  D new",
    "plain,  -,     K, off, InvalidParameterDependency",
    "own,    -,     -, off, D new",
    "own,    false, -, off, D new",
    "own,    true,  K, off, K new",
    "own,    true,  S, off, S same",
    "shared, -,     -, off, D new",
    "shared, true,  K, on,  K new",
  })
  void copySnapshot_eachRow(
      String source, String encrypted, String key, String byDefault, String expected) {
    assertEquals(
        expected,
        text(
            EncryptionRules.copySnapshot(
                source(source), wish(encrypted, key), defaults(byDefault))));
  }

  @ParameterizedTest(name = "parent {0}, encrypted {1}, key {2}, by default {3}: {4}")
  @CsvSource({
    "own,   -,     -, off, S same",
    "own,   -,     -, on,  S same",
    "plain, -,     -, off, unencrypted",
    "plain, -,     -, on,  ValidationException",
    "own,   true,  -, off, ValidationException",
    "own,   false, -, on,  ValidationException",
    "own,   -,     K, off, ValidationException",
    "plain, true,  K, on,  ValidationException",
    "shared, -,    -, off, ValidationException",
    "none,  -,     -, off, unencrypted",
    "none,  -,     -, on,  D new",
    "none,  -,     K, off, K new",
    "none,  -,     K, on,  K new",
    "none,  true,  -, off, D new",
    "none,  true,  -, on,  D new",
    "none,  true,  K, off, K new",
    "none,  true,  K, on,  K new",
    "none,  false, -, off, unencrypted",
    "none,  false, -, on,  ValidationException",
    "none,  false, K, off, ValidationException",
    "none,  false, K, on,  ValidationException",
  })
  void startSnapshot_eachRow(
      String parent, String encrypted, String key, String byDefault, String expected) {
    Wish wish = wish(encrypted, key);
    Outcome outcome =
        parent.equals("none")
            ? EncryptionRules.startSnapshot(wish, defaults(byDefault))
            : EncryptionRules.startSnapshotOf(source(parent), wish, defaults(byDefault));
    assertEquals(expected, text(outcome));
  }

  @ParameterizedTest
  @CsvSource({"own", "shared"})
  void noRequest_takesEncryptionAway(String source) {
    for (String encrypted : new String[] {"-", "true", "false"}) {
      for (String key : new String[] {"-", "K", "S"}) {
        for (String byDefault : new String[] {"on", "off"}) {
          for (Outcome outcome :
              Arrays.asList(
                  EncryptionRules.createVolume(
                      source(source), wish(encrypted, key), defaults(byDefault)),
                  EncryptionRules.copySnapshot(
                      source(source), wish(encrypted, key), defaults(byDefault)),
                  EncryptionRules.startSnapshotOf(
                      source(source), wish(encrypted, key), defaults(byDefault)))) {
            assertNotEquals(new Unencrypted(), outcome);
          }
        }
      }
    }
  }

  private static Source source(String name) {
    return switch (name) {
      case "plain" -> new Plain();
      case "own" -> new OwnEncrypted("S");
      case "shared" -> new SharedEncrypted();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Wish wish(String encrypted, String key) {
    return new Wish(
        Optional.of(encrypted).filter(e -> !e.equals("-")).map(Boolean::valueOf),
        Optional.of(key).filter(k -> !k.equals("-")));
  }

  private static Defaults defaults(String byDefault) {
    return new Defaults(byDefault.equals("on"), "D");
  }

  private static String text(Outcome outcome) {
    return switch (outcome) {
      case Unencrypted _ -> "unencrypted";
      case Encrypted(String key, DataKeyUse use) ->
          key + (use == DataKeyUse.NEW ? " new" : " same");
      case Refused refused -> refused.code();
    };
  }
}
