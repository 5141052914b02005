package dev.quarry.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/// The computer a catalogue runs on, as far as it matters.
///
/// @param clock tells the time of day
/// @param random draws ids; used by one thread at a time
/// @param bootId names the time since the kernel was started. Under another boot id than before,
///   what was not forced is lost.
public record Host(InstantSource clock, RandomGenerator random, String bootId) {

  /// Linux makes it anew at each boot: random(4).
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  /// This computer.
  public static Host local() throws IOException {
    return new Host(InstantSource.system(), new SecureRandom(), Files.readString(BOOT_ID).strip());
  }
}
