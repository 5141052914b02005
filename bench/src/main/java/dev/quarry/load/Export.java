package dev.quarry.load;

/// What a server tells of an export.
///
/// @param sizeBytes its size
/// @param flags its transmission flags
/// @param minimumBytes requests are to be a multiple of this
/// @param payloadBytes no request is to be longer
record Export(long sizeBytes, int flags, int minimumBytes, long payloadBytes) {
  private static final int READ_ONLY = 1 << 1;
  private static final int SEND_FUA = 1 << 3;
  private static final int CAN_MULTI_CONN = 1 << 8;

  boolean readOnly() {
    return (flags & READ_ONLY) != 0;
  }

  boolean takesFua() {
    return (flags & SEND_FUA) != 0;
  }

  boolean takesSeveralConnections() {
    return (flags & CAN_MULTI_CONN) != 0;
  }
}
