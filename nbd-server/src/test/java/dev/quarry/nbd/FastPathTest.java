package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.quarry.block.MemoryDevice;
import dev.quarry.block.TestBytes;
import dev.quarry.nbd.RawClient.Asked;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a request that can be carried out at once may cost.
@Timeout(60)
class FastPathTest {
  private static final int BATCH = 32;
  private static final int BLOCK = 4096;

  /// One in two batches would be told from what the virtual machine allocates now and then.
  private static final int SMALLEST_OBJECT_BYTES = 16;

  private static final int ROUNDS = 1000;

  /// How often to try: code that is not compiled yet does allocate.
  private static final int WINDOWS = 50;

  /// The lengths of the replies to a READ and to a WRITE of a block.
  private static int replyBytes(ReplyStyle style, boolean read) {
    return switch (style) {
      case SIMPLE -> 16 + (read ? BLOCK : 0);
      case STRUCTURED -> read ? 28 + BLOCK : 16;
      case EXTENDED -> read ? 40 + BLOCK : 32;
    };
  }

  private static void round(RawClient client, byte[] batch, ReplyStyle style) throws IOException {
    client.send(batch);
    for (int i = 0; i < BATCH; i++) {
      client.receive(replyBytes(style, i % 2 == 0));
    }
  }

  private static byte[] request(ReplyStyle style, int command, int number) {
    long offset = (long) number * BLOCK;
    return style == ReplyStyle.EXTENDED
        ? RawClient.extended(command == 1 ? Wire.FLAG_PAYLOAD : 0, command, number, offset, BLOCK)
        : RawClient.request(0, command, number, offset, BLOCK);
  }

  private static RawClient attach(Served served, ReplyStyle style) throws IOException {
    return switch (style) {
      case SIMPLE -> served.attach();
      case STRUCTURED -> served.attach(Asked.STRUCTURED);
      case EXTENDED -> served.attach(Asked.EXTENDED);
    };
  }

  @ParameterizedTest
  @EnumSource
  void requests_carriedOutAtOnce_allocateNothing(ReplyStyle style) throws IOException {
    MemoryDevice memory = MemoryDevice.create(1 << 20);
    TestBytes.write(memory, 0, TestBytes.pattern(1, 1 << 20));
    byte[] batch =
        Bytes.of(out -> {
          for (int i = 0; i < BATCH; i++) {
            out.write(request(style, i % 2, i));
            out.write(new byte[i % 2 == 0 ? 0 : BLOCK]);
          }
        });
    try (Served served = Served.of(memory);
        RawClient client = attach(served, style)) {
      round(client, batch, style);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long[] ids =
          Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
              .filter(info -> info != null && info.getThreadName().matches("nbd-[0-9]+-vol"))
              .mapToLong(info -> info.getThreadId())
              .toArray();
      assertEquals(1, ids.length);
      long bytes = Long.MAX_VALUE;
      for (int i = 0; i < WINDOWS && bytes >= ROUNDS * SMALLEST_OBJECT_BYTES / 2; i++) {
        long before = threads.getThreadAllocatedBytes(ids[0]);
        for (int k = 0; k < ROUNDS; k++) {
          round(client, batch, style);
        }
        bytes = threads.getThreadAllocatedBytes(ids[0]) - before;
      }
      assertTrue(bytes < ROUNDS * SMALLEST_OBJECT_BYTES / 2, "allocated bytes=" + bytes);
    }
  }
}
