package dev.quarry.cli;

import static dev.quarry.cli.JsonText.number;
import static dev.quarry.cli.JsonText.tags;
import static dev.quarry.cli.JsonText.text;

import dev.quarry.node.JsonObject;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// Snapshots as text for people.
final class SnapshotText {
  private SnapshotText() {}

  /// One line a snapshot.
  static String list(JsonObject answer) {
    TextTable table =
        new TextTable("ID", "VOLUME", "SIZE", "STATE", "PROGRESS", "STARTED", "STORED");
    for (JsonObject snapshot : answer.objects("snapshots")) {
      table.add(
          text(snapshot, "id"),
          text(snapshot, "volumeId"),
          size(snapshot, "volumeSizeBytes"),
          text(snapshot, "state"),
          text(snapshot, "progress"),
          text(snapshot, "startTime"),
          rounded(number(snapshot, "storedBytes")));
    }
    return table.toString();
  }

  /// One line a snapshot in the recycle bin.
  static String bin(JsonObject answer) {
    TextTable table = new TextTable("ID", "VOLUME", "SIZE", "KEPT UNTIL", "STARTED");
    for (JsonObject snapshot : answer.objects("snapshots")) {
      table.add(
          text(snapshot, "id"),
          text(snapshot, "volumeId"),
          size(snapshot, "volumeSizeBytes"),
          text(snapshot, "recycleBinExitTime"),
          text(snapshot, "startTime"));
    }
    return table.toString();
  }

  /// One line for each thing to know about a snapshot.
  static String details(JsonObject snapshot) {
    TextTable table = new TextTable("id", text(snapshot, "id"));
    String name = snapshot.text("volumeName").map(n -> " (" + n + ")").orElse("");
    table.add("volume", text(snapshot, "volumeId") + name);
    table.add("state", text(snapshot, "state"));
    snapshot.text("statusMessage").ifPresent(reason -> table.add("reason", reason));
    table.add("progress", progress(snapshot));
    table.add("started", text(snapshot, "startTime"));
    snapshot.text("completionTime").ifPresent(time -> table.add("completed", time));
    snapshot.text("recycleBinExitTime").ifPresent(time -> table.add("kept until", time));
    snapshot
        .object("lock")
        .ifPresent(lock ->
            table.add("lock", text(lock, "state") + " until " + text(lock, "lockExpiresOn")));
    table.add("size", size(snapshot, "volumeSizeBytes"));
    table.add("full size", rounded(number(snapshot, "fullSnapshotSizeInBytes")));
    table.add("stored", rounded(number(snapshot, "storedBytes")));
    table.add("encrypted", encryption(snapshot));
    table.add("description", text(snapshot, "description"));
    table.add("tags", tags(snapshot));
    return table.toString();
  }

  /// Percentage, and rate and time to go where they are known.
  static String progress(JsonObject snapshot) {
    return snapshot
        .object("transfer")
        .map(SnapshotText::transfer)
        .orElseGet(() -> text(snapshot, "progress"));
  }

  /// How far something is, such as `42 %, 180.0 MiB/s, 0:35 to go`.
  static String transfer(JsonObject transfer) {
    Optional<Long> left = transfer.number("remainingSeconds");
    return String.format(
        Locale.ROOT,
        "%d %%, %.1f MiB/s%s",
        number(transfer, "percent"),
        number(transfer, "bytesPerSecond") / 1048576.0,
        left.map(seconds -> ", " + clock(seconds) + " to go").orElse(""));
  }

  private static String clock(long seconds) {
    Duration time = Duration.ofSeconds(seconds);
    return time.toHours() > 0
        ? "%d:%02d:%02d".formatted(time.toHours(), time.toMinutesPart(), time.toSecondsPart())
        : "%d:%02d".formatted(time.toMinutesPart(), time.toSecondsPart());
  }

  private static String encryption(JsonObject snapshot) {
    if (!snapshot.truth("encrypted").orElse(false)) {
      return "no";
    }
    return snapshot.text("kmsKeyId").map(key -> "under " + key).orElse("yes");
  }

  /// A number of bytes to three digits or so.
  static String rounded(long bytes) {
    if (bytes < 1 << 10) {
      return bytes + " B";
    }
    double amount = bytes;
    int power = 0;
    while (amount >= 1000 && power < 5) {
      amount /= 1024;
      power++;
    }
    return String.format(Locale.ROOT, "%.1f %siB", amount, "KMGTP".charAt(power - 1));
  }

  private static String size(JsonObject json, String name) {
    return new ByteSize(number(json, name)).toString();
  }
}
