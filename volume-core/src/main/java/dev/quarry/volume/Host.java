package dev.quarry.volume;

import dev.quarry.shaping.Moment;
import dev.quarry.shaping.SystemTime;
import dev.quarry.shaping.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/// The computer a catalogue runs on, as far as it matters.
///
/// @param clock tells the time of day
/// @param time goes only forward; limits go by it
/// @param random draws ids; used by one thread at a time
/// @param bootId names the time since the kernel was started. Under another boot id than before,
///   what was not forced is lost.
public record Host(InstantSource clock, TimeSource time, RandomGenerator random, String bootId) {

  /// Linux makes it anew at each boot: random(4).
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  /// This computer.
  public static Host local() throws IOException {
    return new Host(
        InstantSource.system(),
        new SystemTime(),
        new SecureRandom(),
        Files.readString(BOOT_ID).strip());
  }

  /// Now, in a form that means something to the next process too.
  Moment moment() {
    return new Moment(clock.millis(), time.nanoTime(), bootId);
  }
}
