package dev.quarry.node;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A node's settings as bytes, version 1: UTF-8 JSON, indented for people.
///
/// ```
/// {
///   "format" : "quarry-settings/1",
///   "encryption" : {
///     "byDefault" : true,
///     "defaultKey" : "arn:aws:kms:us-east-1:000000000000:key/0b1c…"
///   }
/// }
/// ```
///
/// `defaultKey` is left out if it is the node's own. Other versions, unknown members and missing
/// ones are refused.
final class SettingsCodec {
  static final String FORMAT = "quarry-settings/1";

  private static final String FORMAT_MEMBER = "format";
  private static final String ENCRYPTION = "encryption";
  private static final String BY_DEFAULT = "byDefault";
  private static final String DEFAULT_KEY = "defaultKey";

  private SettingsCodec() {}

  static byte[] encode(EncryptionSettings settings) {
    JsonObject encryption = new JsonObject().put(BY_DEFAULT, settings.byDefault());
    settings.defaultKeyArn().ifPresent(arn -> encryption.put(DEFAULT_KEY, arn));
    return new JsonObject().put(FORMAT_MEMBER, FORMAT).put(ENCRYPTION, encryption).bytes();
  }

  /// @throws IOException if that is not what [#encode] makes; the message says what is wrong
  static EncryptionSettings decode(byte[] bytes) throws IOException {
    JsonObject json = JsonObject.parse(bytes);
    String format = required(json.text(FORMAT_MEMBER), FORMAT_MEMBER);
    if (!format.equals(FORMAT)) {
      throw new IOException("it has another format format=" + format);
    }
    checkMembers(json, List.of(FORMAT_MEMBER, ENCRYPTION));
    JsonObject encryption = required(json.object(ENCRYPTION), ENCRYPTION);
    checkMembers(encryption, List.of(BY_DEFAULT, DEFAULT_KEY));
    Optional<String> key = encryption.text(DEFAULT_KEY);
    if (key.isEmpty() && encryption.has(DEFAULT_KEY)) {
      throw new IOException("it has a member of another kind member=" + DEFAULT_KEY);
    }
    return new EncryptionSettings(required(encryption.truth(BY_DEFAULT), BY_DEFAULT), key);
  }

  private static <T> T required(Optional<T> member, String name) throws IOException {
    return member.orElseThrow(
        () -> new IOException("it lacks a member, or has it of another kind member=" + name));
  }

  private static void checkMembers(JsonObject json, List<String> known) throws IOException {
    List<String> unknown = new ArrayList<>(json.names());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new IOException("it has members that are not known members=" + unknown);
    }
  }
}
