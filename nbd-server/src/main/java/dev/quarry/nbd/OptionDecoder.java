package dev.quarry.nbd;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
      case Wire.OPT_EXPORT_NAME,
          Wire.OPT_ABORT,
          Wire.OPT_LIST,
          Wire.OPT_STARTTLS,
          Wire.OPT_INFO,
          Wire.OPT_GO,
          Wire.OPT_STRUCTURED_REPLY,
          Wire.OPT_LIST_META_CONTEXT,
          Wire.OPT_SET_META_CONTEXT,
          Wire.OPT_EXTENDED_HEADERS ->
          true;
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
      case Wire.OPT_LIST -> bare(data, new Option.ListExports());
      case Wire.OPT_STARTTLS -> bare(data, new Option.StartTls());
      case Wire.OPT_INFO -> describe(false, data);
      case Wire.OPT_GO -> describe(true, data);
      case Wire.OPT_STRUCTURED_REPLY -> bare(data, new Option.StructuredReplies());
      case Wire.OPT_LIST_META_CONTEXT -> contexts(false, data);
      case Wire.OPT_SET_META_CONTEXT -> contexts(true, data);
      case Wire.OPT_EXTENDED_HEADERS -> bare(data, new Option.ExtendedHeaders());
      default -> new Option.Unsupported(number);
    };
  }

  private static Option bare(byte[] data, Option option) throws OptionRefusal {
    if (data.length != 0) {
      throw invalid("the option takes no data");
    }
    return option;
  }

  /// ```
  /// 4 length of name | name | 4 count | count x (4 length of query | query)
  /// ```
  private static Option contexts(boolean choose, byte[] data) throws OptionRefusal {
    ByteBuffer in = ByteBuffer.wrap(data);
    String name = counted(in);
    long count = Integer.toUnsignedLong(number(in));
    if (count > in.remaining() / Integer.BYTES) {
      throw invalid("count of queries does not match the data");
    }
    List<String> queries = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      queries.add(counted(in));
    }
    if (in.hasRemaining()) {
      throw invalid("count of queries does not match the data");
    }
    return new Option.Contexts(choose, name, queries);
  }

  private static int number(ByteBuffer in) throws OptionRefusal {
    if (in.remaining() < Integer.BYTES) {
      throw invalid("data too short");
    }
    return in.getInt();
  }

  private static String counted(ByteBuffer in) throws OptionRefusal {
    long length = Integer.toUnsignedLong(number(in));
    if (length > in.remaining()) {
      throw invalid("length of a string is longer than the data");
    }
    String text = string(in.array(), in.position(), (int) length);
    in.position(in.position() + (int) length);
    return text;
  }

  /// ```
  /// 4 length of name | name | 2 count | count x 2 information type
  /// ```
  private static Option describe(boolean go, byte[] data) throws OptionRefusal {
    ByteBuffer in = ByteBuffer.wrap(data);
    String name = counted(in);
    if (in.remaining() < Short.BYTES) {
      throw invalid("data too short");
    }
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
      throw new OptionRefusal(Wire.REP_ERR_TOO_BIG, "a string is longer than 4096 bytes");
    }
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(data, from, length))
              .toString();
      if (text.indexOf('\0') >= 0) {
        throw invalid("a string contains NUL");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw invalid("a string is not UTF-8");
    }
  }

  private static OptionRefusal invalid(String message) {
    return new OptionRefusal(Wire.REP_ERR_INVALID, message);
  }
}
