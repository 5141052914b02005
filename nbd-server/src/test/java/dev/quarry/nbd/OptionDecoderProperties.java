package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class OptionDecoderProperties {

  @Property
  void decode_anyBytes_optionOrRefusal(
      @ForAll @IntRange(max = 12) int number, @ForAll @Size(max = 300) byte[] data) {
    try {
      OptionDecoder.decode(number, data);
    } catch (OptionRefusal e) {
      assertTrue(e.reply() == Wire.REP_ERR_INVALID || e.reply() == Wire.REP_ERR_TOO_BIG);
    }
  }

  @Property
  void decode_describe_whatWasEncoded(
      @ForAll boolean go,
      @ForAll @Size(max = 50) String text,
      @ForAll @Size(max = 20) Set<@IntRange(max = 0xffff) Integer> wanted)
      throws OptionRefusal {
    String name = text.replaceAll("\\p{Cs}|\0", "");
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    byte[] data =
        Bytes.of(out -> {
          out.writeInt(utf8.length);
          out.write(utf8);
          out.writeShort(wanted.size());
          for (int item : wanted) {
            out.writeShort(item);
          }
        });
    assertEquals(
        new Option.Describe(go, name, new TreeSet<>(wanted)),
        OptionDecoder.decode(go ? Wire.OPT_GO : Wire.OPT_INFO, data));
  }
}
