package dev.quarry.tiers;

import dev.quarry.shaping.VolumeType;
import java.time.Duration;

/// How long a volume of EBS takes for a request that no limit holds up.
///
/// The EBS User Guide promises "single-digit millisecond" latency for gp2, gp3 and io1 and less
/// than 500 µs on average for io2 of 16 KiB, and tells nothing of hard disks. So 1 ms, 0.5 ms and,
/// as a seek and half a turn of a disk take, 8 ms are assumed. They decide how fast a closed load
/// with few requests at a time can be, and nothing else.
final class ServiceTimes {
  private ServiceTimes() {}

  static Duration of(VolumeType type) {
    return switch (type) {
      case GP2, GP3, IO1 -> Duration.ofMillis(1);
      case IO2 -> Duration.ofNanos(500_000);
      case ST1, SC1, STANDARD -> Duration.ofMillis(8);
      case UNLIMITED -> Duration.ofNanos(100_000);
    };
  }
}
