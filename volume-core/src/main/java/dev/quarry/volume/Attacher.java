package dev.quarry.volume;

import dev.quarry.shaping.InstanceLimit;
import java.util.Optional;

/// Who attaches a volume: what is an instance in EC2. It may attach a volume any number of times,
/// knowing what it shares with itself.
///
/// @param client its name; two with the same name are one client
/// @param limit a limit on it besides the volume's own, by the clock of
///   [dev.quarry.shaping.SystemTime]
public record Attacher(String client, Optional<InstanceLimit> limit) {
  /// The process that has the catalogue open.
  public static final Attacher THIS_PROCESS = new Attacher("this process", Optional.empty());
}
