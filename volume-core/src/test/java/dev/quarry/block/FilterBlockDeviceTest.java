package dev.quarry.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

/// A filter that overrides nothing is the device behind it.
final class FilterBlockDeviceTest extends BlockDeviceContract {
  @Override
  protected BlockDevice create(long sizeBytes) {
    return new PassThrough(MemoryDevice.create(sizeBytes));
  }

  @Test
  void admitted_nothingBehindLimits_isTheFilterItself() {
    BlockDevice filter = create(4096);
    assertSame(filter, filter.admitted());
  }

  @Test
  void admitted_limitsBehind_isTheSameFilterBeforeWhatIsBehindThem() {
    BlockDevice inner = MemoryDevice.create(4096);
    BlockDevice admitted = new PassThrough(new Limited(inner)).admitted();
    assertEquals("PassThrough(MemoryDevice)", admitted.toString());
  }

  private static final class PassThrough extends FilterBlockDevice {
    PassThrough(BlockDevice next) {
      super(next);
    }

    @Override
    protected BlockDevice over(BlockDevice next) {
      return new PassThrough(next);
    }
  }

  private static final class Limited extends FilterBlockDevice {
    Limited(BlockDevice next) {
      super(next);
    }

    @Override
    protected BlockDevice over(BlockDevice next) {
      return new Limited(next);
    }

    @Override
    public BlockDevice admitted() {
      return next();
    }
  }
}
