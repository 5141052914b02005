package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Settings of version 1 stay readable for ever, and nothing else is taken for them.
final class SettingsCodecTest {
  private static final Map<String, EncryptionSettings> GOLDEN =
      Map.of(
          "settings-v1.json",
          new EncryptionSettings(
              true,
              Optional.of(
                  "arn:aws:kms:us-east-1:000000000000:key/0b1c2d3e-4f50-4a6b-8c7d-8e9f00112233")),
          "settings-v1-usual.json",
          EncryptionSettings.usual());

  @Test
  void golden_isReadAndWritten() throws Exception {
    for (Map.Entry<String, EncryptionSettings> golden : GOLDEN.entrySet()) {
      byte[] bytes = resource(golden.getKey());
      assertEquals(golden.getValue(), SettingsCodec.decode(bytes));
      assertEquals(
          new String(bytes, StandardCharsets.UTF_8),
          new String(SettingsCodec.encode(golden.getValue()), StandardCharsets.UTF_8));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | must be a JSON object",
        "[] | must be a JSON object",
        "{ | not JSON",
        "{} | member=format",
        "{'format':'quarry-settings/2','new':1} | format=quarry-settings/2",
        "{'format':1} | member=format",
        "{'format':'quarry-settings/1'} | member=encryption",
        "{'format':'quarry-settings/1','encryption':true} | member=encryption",
        "{'format':'quarry-settings/1','encryption':{}} | member=byDefault",
        "{'format':'quarry-settings/1','encryption':{'byDefault':'on'}} | member=byDefault",
        "{'format':'quarry-settings/1','encryption':{'byDefault':true,'defaultKey':1}} |"
            + " member=defaultKey",
        "{'format':'quarry-settings/1','encryption':{'byDefault':true,'key':'k'}} | members=[key]",
        "{'format':'quarry-settings/1','encryption':{'byDefault':true},'x':1} | members=[x]",
        "{'format':'quarry-settings/1','encryption':{'byDefault':true}} {} | follows",
        "{'format':'quarry-settings/1','format':'quarry-settings/1'} | not JSON",
      })
  void anythingElse_isRefused_andSaysWhy(String text, String why) {
    byte[] bytes = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    IOException e = assertThrows(IOException.class, () -> SettingsCodec.decode(bytes));
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = SettingsCodecTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }
}
