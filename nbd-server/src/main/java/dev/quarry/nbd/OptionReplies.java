package dev.quarry.nbd;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/// The replies to one option, as bytes.
///
/// ```
/// 8 magic | 4 option | 4 type of reply | 4 length | data
/// ```
final class OptionReplies {
  /// The longest error text in characters; so many are never over 4096 bytes.
  private static final int TEXT_LIMIT = 1000;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final int option;

  OptionReplies(int option) {
    this.option = option;
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  OptionReplies ack() {
    return reply(Wire.REP_ACK, _ -> {});
  }

  OptionReplies error(int type, String text) {
    return reply(type, data -> data.write(utf8(printable(text))));
  }

  /// An entry of the list: `4 length of name | name | description`.
  OptionReplies server(ExportInfo export) {
    byte[] name = utf8(export.name());
    return reply(
        Wire.REP_SERVER,
        data -> {
          data.writeInt(name.length);
          data.write(name);
          data.write(utf8(export.description()));
        });
  }

  /// A metadata context: `4 number | name`.
  OptionReplies context(int number, String name) {
    return reply(
        Wire.REP_META_CONTEXT,
        data -> {
          data.writeInt(number);
          data.write(utf8(name));
        });
  }

  /// What was asked for about an export, and always its size and flags.
  OptionReplies describe(ExportInfo export, int flags, Set<Integer> wanted) {
    info(
        Wire.INFO_EXPORT,
        data -> {
          data.writeLong(export.sizeBytes());
          data.writeShort(flags);
        });
    if (wanted.contains(Wire.INFO_NAME)) {
      info(Wire.INFO_NAME, data -> data.write(utf8(export.name())));
    }
    if (wanted.contains(Wire.INFO_DESCRIPTION)) {
      info(Wire.INFO_DESCRIPTION, data -> data.write(utf8(export.description())));
    }
    if (wanted.contains(Wire.INFO_BLOCK_SIZE)) {
      info(
          Wire.INFO_BLOCK_SIZE,
          data -> {
            data.writeInt(Wire.MINIMUM_BLOCK_BYTES);
            data.writeInt(Wire.PREFERRED_BLOCK_BYTES);
            data.writeInt(Wire.PAYLOAD_LIMIT_BYTES);
          });
    }
    return this;
  }

  private void info(int type, Bytes payload) {
    reply(
        Wire.REP_INFO,
        data -> {
          data.writeShort(type);
          payload.writeTo(data);
        });
  }

  private OptionReplies reply(int type, Bytes payload) {
    byte[] data = Bytes.of(payload);
    bytes.writeBytes(
        Bytes.of(out -> {
          out.writeLong(Wire.OPTION_REPLY_MAGIC);
          out.writeInt(option);
          out.writeInt(type);
          out.writeInt(data.length);
          out.write(data);
        }));
    return this;
  }

  /// A text may repeat what a client sent: nothing in it may move a terminal's cursor.
  private static String printable(String text) {
    String shown = text.length() > TEXT_LIMIT ? text.substring(0, TEXT_LIMIT) : text;
    return shown.replaceAll("\\p{Cntrl}|\\p{Cs}", "?");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
