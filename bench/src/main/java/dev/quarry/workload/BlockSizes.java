package dev.quarry.workload;

import dev.quarry.cli.ByteSize;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// The sizes of a job's requests, each with its share.
///
/// @param sizes one or more; shares need not add up to anything
record BlockSizes(List<Share> sizes) {

  BlockSizes {
    sizes = List.copyOf(sizes);
    if (sizes.isEmpty()) {
      throw new IllegalArgumentException("there is no block size");
    }
  }

  /// @param bytes from 512 to 32 MiB, a multiple of 512
  /// @param weight its share, 1 or more
  record Share(int bytes, int weight) {
    private static final int MOST = 32 << 20;

    Share {
      if (bytes < 512 || bytes > MOST || bytes % 512 != 0) {
        throw new IllegalArgumentException(
            "block size is no multiple of 512 bytes from 512 to 32 MiB: " + bytes);
      }
      if (weight < 1) {
        throw new IllegalArgumentException("share of a block size is not positive: " + weight);
      }
    }
  }

  /// Reads `8k` or `4k:90/64k:10`, as fio writes its `bssplit`.
  static BlockSizes parse(String text) {
    List<Share> sizes = new ArrayList<>();
    for (String part : text.split("/", -1)) {
      int colon = part.indexOf(':');
      String size = colon < 0 ? part : part.substring(0, colon);
      int weight = colon < 0 ? 1 : Numbers.whole(part.substring(colon + 1));
      sizes.add(
          new Share(Math.toIntExact(Math.min(ByteSize.parse(size).bytes(), 1 << 30)), weight));
    }
    return new BlockSizes(sizes);
  }

  int draw(SplittableRandom random) {
    if (sizes.size() == 1) {
      return sizes.getFirst().bytes();
    }
    int ticket = random.nextInt(sizes.stream().mapToInt(Share::weight).sum());
    for (Share size : sizes) {
      ticket -= size.weight();
      if (ticket < 0) {
        return size.bytes();
      }
    }
    throw new AssertionError("shares do not add up");
  }
}
