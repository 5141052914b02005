package dev.quarry.snapshot;

import dev.quarry.volume.ControlException;
import java.util.function.Supplier;

/// What goes wrong with snapshots, as the control plane says it.
public final class SnapshotErrors {
  private SnapshotErrors() {}

  /// Does something, and translates what goes wrong.
  ///
  /// @throws ControlException with the code of EBS, where the action throws a SnapshotException
  public static <T> T translated(Supplier<T> action) {
    try {
      return action.get();
    } catch (SnapshotException e) {
      throw of(e);
    }
  }

  static ControlException of(SnapshotException e) {
    return switch (e) {
      case SnapshotException.NotFound _ -> new ControlException.NotFound(e.code(), e.getMessage());
      case SnapshotException.LimitExceeded _ ->
          new ControlException.LimitExceeded(e.code(), e.getMessage(), e);
      case SnapshotException.IncorrectState _,
          SnapshotException.Locked _,
          SnapshotException.KeyUnusable _,
          SnapshotException.Fenced _,
          SnapshotException.Cancelled _ ->
          new ControlException.Conflict(e.code(), e.getMessage());
      case SnapshotException.Corrupt _,
          SnapshotException.Suspect _,
          SnapshotException.RolledBack _,
          SnapshotException.Unavailable _ ->
          new ControlException.Unavailable(e.getMessage(), e);
    };
  }
}
