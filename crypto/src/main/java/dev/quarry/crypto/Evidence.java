package dev.quarry.crypto;

/// What to do at opening when the audit log and the key file do not fit together: the log was
/// changed, shortened or lost, or the key file is older than the log (rolled back).
public enum Evidence {
  /// Refuse to open, and say what is wrong.
  REQUIRED,
  /// Go on, for an owner who knows the cause, such as a restored backup. The loss is noted in the
  /// log; a log that cannot be continued is kept under another name.
  LOSS_ACCEPTED
}
