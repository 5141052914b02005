package dev.quarry.cli;

/// What to do about an error of the control API, by its code.
final class Hints {
  private Hints() {}

  /// A sentence, or nothing where the error's own message says it.
  static String of(String code) {
    return switch (code) {
      case "InvalidVolume.NotFound" -> "`quarry volume list` shows the volumes of this node";
      case "InvalidSnapshot.NotFound" -> "`quarry snapshot list` shows what is in the store";
      case "SnapshotLocked" ->
          "`quarry snapshot show SNAPSHOT` tells until when; `quarry snapshot unlock` takes a"
              + " governance lock away";
      case "ConcurrentSnapshotLimitExceeded" ->
          "wait until one is completed: `quarry snapshot list --volume VOLUME`";
      case "VolumeInUse" ->
          "disconnect its clients first; `quarry detach VOLUME` finds a device of this machine";
      case "NotFoundException" ->
          "`quarry key list` shows the keys of this node; an alias begins with alias/";
      case "AlreadyExistsException" -> "choose another name, or move it: `quarry key alias update`";
      case "DisabledException" -> "`quarry key enable KEY` lets it be used";
      case "KMSInvalidStateException", "InvalidKMSKey.InvalidState" ->
          "`quarry key show KEY` tells its state";
      case "KMSInternalException" -> "see to the node's disk and restart it; its log says more";
      case "AuthFailure" -> "the node was restarted just now; try again";
      case "InternalError" -> "the node's log, on its standard error, says more";
      default -> "";
    };
  }
}
