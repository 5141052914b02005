package dev.quarry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

final class ByteSizeProperties {

  @Property
  void parse_ofItsOwnText_isTheSameSize(@ForAll @LongRange(min = 0) long bytes) {
    ByteSize size = new ByteSize(bytes);
    assertEquals(size, ByteSize.parse(size.toString()));
  }

  @Property
  void parse_ofGibibytes_isExact(@ForAll @LongRange(min = 0, max = 65_536) long gib) {
    assertEquals(gib << 30, ByteSize.parse(gib + "GiB").bytes());
  }
}
