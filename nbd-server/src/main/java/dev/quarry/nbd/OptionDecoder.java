package dev.quarry.nbd;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;

/// Decodes options, and refuses those that are malformed. Pure: bytes in, values out.
final class OptionDecoder {
  /// The longest data of an option that is looked at. Room for the longest name and any number of
  /// information requests that makes sense.
  static final int DATA_LIMIT = 64 << 10;

  private OptionDecoder() {}

  /// Whether an option is one that is served.
  static boolean knows(int number) {
    return switch (number) {
      case Wire.OPT_EXPORT_NAME, Wire.OPT_ABORT, Wire.OPT_LIST, Wire.OPT_INFO, Wire.OPT_GO -> true;
      default -> false;
    };
  }

  /// Decodes an option.
  ///
  /// @param number its number off the wire
  /// @param data all of its data
  static Option decode(int number, byte[] data) throws OptionRefusal {
    return switch (number) {
      case Wire.OPT_EXPORT_NAME -> new Option.ExportName(string(data, 0, data.length));
      case Wire.OPT_ABORT -> new Option.Abort(); // "the client may send data, ignore it"
      case Wire.OPT_LIST -> list(data);
      case Wire.OPT_INFO -> describe(false, data);
      case Wire.OPT_GO -> describe(true, data);
      default -> new Option.Unsupported(number);
    };
  }

  private static Option list(byte[] data) throws OptionRefusal {
    if (data.length != 0) {
      throw invalid("a list takes no data");
    }
    return new Option.ListExports();
  }

  /// ```
  /// 4 length of name | name | 2 count | count x 2 information type
  /// ```
  private static Option describe(boolean go, byte[] data) throws OptionRefusal {
    ByteBuffer in = ByteBuffer.wrap(data);
    if (data.length < Integer.BYTES + Short.BYTES) {
      throw invalid("data too short");
    }
    long nameBytes = Integer.toUnsignedLong(in.getInt());
    if (nameBytes > in.remaining() - Short.BYTES) {
      throw invalid("length of name is longer than the data");
    }
    String name = string(data, in.position(), (int) nameBytes);
    in.position(in.position() + (int) nameBytes);
    int count = Short.toUnsignedInt(in.getShort());
    if (in.remaining() != count * Short.BYTES) {
      throw invalid("count of information requests does not match the data");
    }
    Set<Integer> wanted = new TreeSet<>();
    while (in.hasRemaining()) {
      wanted.add(Short.toUnsignedInt(in.getShort()));
    }
    return new Option.Describe(go, name, wanted);
  }

  private static String string(byte[] data, int from, int length) throws OptionRefusal {
    if (length > Wire.STRING_LIMIT) {
      throw new OptionRefusal(Wire.REP_ERR_TOO_BIG, "name is longer than 4096 bytes");
    }
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(data, from, length))
              .toString();
      if (text.indexOf('\0') >= 0) {
        throw invalid("name contains NUL");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw invalid("name is not UTF-8");
    }
  }

  private static OptionRefusal invalid(String message) {
    return new OptionRefusal(Wire.REP_ERR_INVALID, message);
  }
}
