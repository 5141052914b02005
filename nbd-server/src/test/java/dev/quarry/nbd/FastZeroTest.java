package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.FilterBlockDevice;
import dev.quarry.block.MemoryDevice;
import dev.quarry.block.TestBytes;
import dev.quarry.block.ZeroMode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class FastZeroTest {
  private static final int FAST = Wire.FLAG_FAST_ZERO;

  private final MemoryDevice device = MemoryDevice.create(1 << 20);

  @ParameterizedTest
  @ValueSource(ints = {FAST, FAST | Wire.FLAG_NO_HOLE, FAST | Wire.FLAG_FUA})
  void writeZeroes_fastDevice_zeros(int flags) throws IOException {
    TestBytes.write(device, 0, TestBytes.pattern(1, 4096));
    try (Served served = Served.of(device);
        RawClient client = served.attach()) {
      client.send(RawClient.request(flags, 6, 1, 0, 4096)).expectReply(0, 1);
    }
    assertArrayEquals(new byte[4096], TestBytes.read(device, 0, 4096));
  }

  @Test
  void writeZeroes_slowDevice_refusedAndUntouched() throws IOException {
    byte[] before = TestBytes.pattern(1, 4096);
    TestBytes.write(device, 0, before);
    try (Served served = Served.of(new SlowZeroes(device));
        RawClient client = served.attach()) {
      client.send(RawClient.request(FAST, 6, 1, 0, 4096)).expectReply(WireError.ENOTSUP, 1);
      assertArrayEquals(before, TestBytes.read(device, 0, 4096));
      client.send(RawClient.request(FAST, 6, 2, 1 << 20, 1)).expectReply(WireError.ENOSPC, 2);
      client.send(RawClient.request(FAST, 4, 3, 0, 1)).expectReply(WireError.EINVAL, 3);
      client.send(RawClient.request(0, 6, 4, 0, 4096)).expectReply(0, 4);
      assertArrayEquals(new byte[4096], TestBytes.read(device, 0, 4096));
    }
  }

  private static final class SlowZeroes extends FilterBlockDevice {
    SlowZeroes(BlockDevice next) {
      super(next);
    }

    @Override
    public boolean zeroesFast(long offset, long length, ZeroMode mode) {
      return false;
    }

    @Override
    protected BlockDevice over(BlockDevice next) {
      return new SlowZeroes(next);
    }
  }
}
