package dev.quarry.workload;

import dev.quarry.block.IoKind;

/// Requests in their order, one at a time. Before the first there is nothing to look at.
public interface Requests extends AutoCloseable {

  /// Goes on to the next request.
  ///
  /// @return false if there is none
  /// @throws TraceException if it comes from a file and cannot be read
  boolean next();

  /// What it does.
  IoKind kind();

  /// Where it begins, in bytes.
  long offset();

  /// How many bytes it concerns, at least 1.
  int length();

  /// When it is to be made, in nanoseconds since the first could be. Of no account to who makes
  /// each as soon as an earlier one was answered.
  long dueNanos();

  @Override
  default void close() {}
}
