package dev.quarry.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SectorCipherProperties {

  @Property(tries = 200)
  void encrypt_inTwoPieces_givesWhatOneCallGives(
      @ForAll long seed,
      @ForAll long first,
      @ForAll @IntRange(max = 40) int head,
      @ForAll @IntRange(max = 40) int tail) {
    Random random = new Random(seed);
    byte[] plain = new byte[(head + tail) * 512];
    byte[] key = new byte[64];
    random.nextBytes(plain);
    random.nextBytes(key);
    try (SecretMemory memory = SecretMemory.adopt(key)) {
      SectorCipher cipher = new SectorCipher(memory, 0, 1);
      byte[] whole = new byte[plain.length];
      byte[] pieces = new byte[plain.length];
      int cut = head * 512;
      cipher.encrypt(first, plain, 0, whole, 0, plain.length);
      cipher.encrypt(first, plain, 0, pieces, 0, cut);
      cipher.encrypt(first + head, plain, cut, pieces, cut, plain.length - cut);
      assertArrayEquals(whole, pieces);
      cipher.decrypt(first, whole, 0, pieces, 0, plain.length);
      assertArrayEquals(plain, pieces);
    }
  }
}
