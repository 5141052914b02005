package dev.quarry.block;

import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/// The sequences of [DeviceModelSuite] on a device that is fast enough for hundreds of them.
public abstract class DeviceModelProperties extends DeviceModelSuite {

  @Property(tries = 300, shrinking = ShrinkingMode.BOUNDED, edgeCases = EdgeCasesMode.NONE)
  void device_anySequence_showsWhatAnArrayWould(
      @ForAll("sequences") List<DeviceStep> steps, @ForAll long seed) throws Exception {
    check(steps, seed);
  }
}
