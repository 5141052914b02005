package dev.quarry.workload;

import dev.quarry.block.IoKind;

/// How the lines of one format are read, in their order.
interface TraceLines {

  /// What a line was.
  enum Found {
    /// A request, which `into` holds now.
    REQUEST,
    /// Something that is rightly there and no request.
    OTHER,
    /// The end of the requests, though lines may follow.
    END
  }

  /// Reads a line.
  ///
  /// @throws IllegalArgumentException if it should not be there
  Found read(String line, Recorded into);

  /// A request as it was recorded.
  final class Recorded {
    IoKind kind = IoKind.READ;
    long offset;
    long length;
    long atNanos; // since any fixed time
  }
}
