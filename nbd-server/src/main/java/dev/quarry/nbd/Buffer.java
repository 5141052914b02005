package dev.quarry.nbd;

import java.lang.foreign.MemorySegment;

/// Memory for the data of one request, on loan from a [BufferPool].
///
/// @param memory the data begins at [#DATA_AT], on a page of its own; a reply's header fits before
/// @param capacity the most bytes of data
record Buffer(MemorySegment memory, int capacity) {
  static final int DATA_AT = 4096;
}
