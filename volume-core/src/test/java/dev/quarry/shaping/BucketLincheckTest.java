package dev.quarry.shaping;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/// Whatever threads do to a bucket at the same time, each gets what it would have got had they come
/// one after the other: no token is lost or given twice.
@Param(name = "tokens", gen = IntGen.class, conf = "1:5")
@Param(name = "now", gen = IntGen.class, conf = "0:20")
public final class BucketLincheckTest {
  private final Bucket bucket = Bucket.holding(3, new TokenBucket(500_000_000, 6), 0);

  @Operation
  public long take(@Param(name = "tokens") int tokens, @Param(name = "now") int now) {
    return bucket.take(tokens, now);
  }

  @Operation
  public void settle(@Param(name = "tokens") int tokens, @Param(name = "now") int due) {
    bucket.settle(tokens, due);
  }

  @Operation
  public long balance(@Param(name = "now") int now) {
    return bucket.balance(now);
  }

  @Operation
  public boolean has(@Param(name = "tokens") int tokens, @Param(name = "now") int now) {
    return bucket.has(tokens, now);
  }

  @Test
  void bucket_underStress_isLinearizable() {
    new StressOptions()
        .iterations(10)
        .invocationsPerIteration(500)
        .threads(3)
        .actorsPerThread(3)
        .check(BucketLincheckTest.class);
  }

  @Test
  void bucket_inEveryInterleaving_isLinearizable() {
    new ModelCheckingOptions()
        .iterations(10)
        .invocationsPerIteration(500)
        .threads(3)
        .actorsPerThread(2)
        .check(BucketLincheckTest.class);
  }
}
