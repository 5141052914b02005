package dev.quarry.shaping;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// One modification of a volume and how far it is (EC2 API Reference, VolumeModification).
///
/// @param original the volume before
/// @param target the volume after
/// @param state how far it is
/// @param progress percent done
/// @param statusMessage why it failed, otherwise empty
/// @param start when it was accepted
/// @param end when it was completed or failed
public record Modification(
    VolumeSpec original,
    VolumeSpec target,
    State state,
    int progress,
    String statusMessage,
    Instant start,
    Optional<Instant> end) {

  /// The states of a modification. [#COMPLETED] and [#FAILED] are final.
  public enum State {
    /// Accepted; the volume is still as it was.
    MODIFYING,
    /// The new size is usable and the new figures hold; other work may still go on.
    OPTIMIZING,
    COMPLETED,
    FAILED;

    public String apiName() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean isFinal() {
      return this == COMPLETED || this == FAILED;
    }
  }

  public Modification {
    if (progress < 0 || progress > 100) {
      throw new IllegalArgumentException("progress is no percentage progress=" + progress);
    }
    if (end.isPresent() != state.isFinal()) {
      throw new IllegalArgumentException("modification ends with its last state state=" + state);
    }
  }

  /// A modification just accepted.
  public static Modification begin(VolumeSpec original, VolumeSpec target, Instant now) {
    return new Modification(original, target, State.MODIFYING, 0, "", now, Optional.empty());
  }

  /// Checks that a volume may be modified while this was its last modification.
  ///
  /// @throws VolumeParameterException `IncorrectModificationState` if it is still going on
  public void checkFinished(String volumeId) {
    if (!state.isFinal()) {
      throw new VolumeParameterException(
          "IncorrectModificationState",
          "Volume %s cannot be modified in modification state %s".formatted(volumeId, state));
    }
  }

  /// The volume as it counts now. EBS keeps performance between the old and the new until a
  /// modification is completed, never under the old, or never under the new where that is lower;
  /// taking the new figures from `optimizing` on is within that.
  public VolumeSpec effective() {
    return switch (state) {
      case MODIFYING, FAILED -> original;
      case OPTIMIZING, COMPLETED -> target;
    };
  }

  /// The new size is usable and the new figures hold.
  public Modification optimizing(int progress) {
    mustNotBeFinal();
    return new Modification(
        original, target, State.OPTIMIZING, progress, "", start, Optional.empty());
  }

  /// All is done.
  public Modification completed(Instant now) {
    mustNotBeFinal();
    return new Modification(original, target, State.COMPLETED, 100, "", start, Optional.of(now));
  }

  /// It could not be done; the volume stays as it was. Only what is not yet usable can fail.
  public Modification failed(String why, Instant now) {
    if (state != State.MODIFYING) {
      throw new IllegalStateException("modification is past failing state=" + state);
    }
    return new Modification(original, target, State.FAILED, progress, why, start, Optional.of(now));
  }

  private void mustNotBeFinal() {
    if (state.isFinal()) {
      throw new IllegalStateException("modification is final state=" + state);
    }
  }
}
