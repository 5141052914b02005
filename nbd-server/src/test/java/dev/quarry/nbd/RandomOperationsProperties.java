package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.FilterBlockDevice;
import dev.quarry.block.IoKind;
import dev.quarry.block.MemoryDevice;
import dev.quarry.block.TestBytes;
import dev.quarry.block.VolumeException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// A server under random requests behaves as an array of bytes does.
class RandomOperationsProperties {
  private static final int SLOT_BYTES = 3 << 20;
  private static final int SLOTS = 6;
  private static final int SIZE = SLOTS * SLOT_BYTES;

  private enum Kind {
    READ,
    WRITE,
    FLUSH,
    TRIM,
    CACHE,
    WRITE_ZEROES
  }

  /// @param at offset in the slot of the request
  private record Op(Kind kind, int at, int length, boolean forced, long seed) {}

  /// Cannot do at once what chance says, makes some requests wait, and has slow flushes.
  private static final class MoodyDevice extends FilterBlockDevice {
    private final SplittableRandom random; // guarded by this

    MoodyDevice(BlockDevice next, long seed) {
      super(next);
      random = new SplittableRandom(seed);
    }

    private synchronized int chance(int bound) {
      return random.nextInt(bound);
    }

    @Override
    public boolean tryRead(long offset, MemorySegment into, long at, int length)
        throws VolumeException {
      if (chance(3) == 0) {
        into.asSlice(at, length).fill((byte) 0xee);
        return false;
      }
      return super.tryRead(offset, into, at, length);
    }

    @Override
    public boolean tryWrite(long offset, MemorySegment from, long at, int length)
        throws VolumeException {
      return chance(3) != 0 && super.tryWrite(offset, from, at, length);
    }

    @Override
    public long admit(IoKind kind, long offset, long length) {
      return chance(4) == 0 ? chance(300_000) : 0;
    }

    @Override
    protected BlockDevice over(BlockDevice next) {
      throw new AssertionError("no limits below");
    }
  }

  @Provide
  Arbitrary<List<List<Op>>> batches() {
    Arbitrary<Integer> lengths =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(6, Arbitraries.integers().between(0, 9000)),
            net.jqwik.api.Tuple.of(3, Arbitraries.of(512, 4096, 32_768, 65_536, 262_144)),
            net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(1 << 20, SLOT_BYTES)));
    Arbitrary<Op> ops =
        Combinators.combine(
                Arbitraries.of(Kind.class),
                Arbitraries.integers().between(0, SLOT_BYTES),
                lengths,
                Arbitraries.of(true, false),
                Arbitraries.longs())
            .as((kind, at, length, forced, seed) ->
                new Op(kind, Math.min(at, SLOT_BYTES - length), length, forced, seed));
    return ops.list().ofMinSize(1).ofMaxSize(SLOTS).list().ofMinSize(1).ofMaxSize(12);
  }

  @Property(tries = 60)
  void requests_inBatches_asOnAnArray(@ForAll("batches") List<List<Op>> batches, @ForAll long seed)
      throws IOException {
    byte[] model = new byte[SIZE];
    MemoryDevice memory = MemoryDevice.create(SIZE);
    try (Served served = Served.of(new MoodyDevice(memory, seed));
        RawClient client = served.attach();
        RawClient other = served.attach()) {
      for (List<Op> batch : batches) {
        run(batch, seed % 2 == 0 ? client : other, model);
      }
      assertEquals(-1, Arrays.mismatch(model, TestBytes.read(memory, 0, SIZE)));
      client.disconnect().expectEnd();
    }
  }

  /// Sends a batch, each request in a slot of its own, and takes the replies as they come.
  private static void run(List<Op> batch, RawClient client, byte[] model) throws IOException {
    Map<Long, Op> unanswered = new HashMap<>();
    byte[] messages =
        Bytes.of(out -> {
          for (int slot = 0; slot < batch.size(); slot++) {
            Op op = batch.get(slot);
            boolean flush = op.kind() == Kind.FLUSH;
            int at = slot * SLOT_BYTES + op.at();
            out.write(
                RawClient.request(
                    op.forced() ? 1 : 0,
                    command(op.kind()),
                    slot,
                    flush ? 0 : at,
                    flush ? 0 : op.length()));
            if (op.kind() == Kind.WRITE) {
              out.write(TestBytes.pattern(op.seed(), op.length()));
            }
            unanswered.put((long) slot, op);
          }
        });
    client.send(messages);
    while (!unanswered.isEmpty()) {
      client.expect("67446698 00000000");
      long slot = ByteBuffer.wrap(client.receive(8)).getLong();
      Op op = unanswered.remove(slot);
      int at = (int) slot * SLOT_BYTES + op.at();
      switch (op.kind()) {
        case READ ->
            assertArrayEquals(
                Arrays.copyOfRange(model, at, at + op.length()), client.receive(op.length()));
        case WRITE ->
            System.arraycopy(TestBytes.pattern(op.seed(), op.length()), 0, model, at, op.length());
        case TRIM, WRITE_ZEROES -> Arrays.fill(model, at, at + op.length(), (byte) 0);
        case FLUSH, CACHE -> {}
      }
    }
  }

  private static int command(Kind kind) {
    return switch (kind) {
      case READ -> 0;
      case WRITE -> 1;
      case FLUSH -> 3;
      case TRIM -> 4;
      case CACHE -> 5;
      case WRITE_ZEROES -> 6;
    };
  }
}
