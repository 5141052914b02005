package dev.quarry.cli;

/// How an event of a node's log is written.
public enum LogFormat {
  /// `time level logger message key=value…`
  TEXT,
  /// One JSON object a line.
  JSON
}
