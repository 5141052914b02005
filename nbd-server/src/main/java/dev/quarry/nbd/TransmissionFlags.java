package dev.quarry.nbd;

/// What is offered with an export ("Transmission flags").
final class TransmissionFlags {
  private static final int ALWAYS =
      Wire.HAS_FLAGS
          | Wire.SEND_FLUSH
          | Wire.SEND_FUA
          | Wire.SEND_CACHE
          // Connections to an export share its device: what one has written and flushed is so for
          // all.
          | Wire.CAN_MULTI_CONN;

  private TransmissionFlags() {}

  /// @param filters whether a BLOCK_STATUS may carry a payload: with extended headers, if metadata
  ///   contexts were chosen
  static int of(ExportInfo export, ReplyStyle style, boolean filters) {
    int flags =
        export.readOnly()
            ? ALWAYS | Wire.READ_ONLY
            : ALWAYS | Wire.SEND_TRIM | Wire.SEND_WRITE_ZEROES | Wire.SEND_FAST_ZERO;
    return switch (style) {
      case SIMPLE -> flags;
      case STRUCTURED -> flags | Wire.SEND_DF;
      case EXTENDED -> flags | Wire.SEND_DF | (filters ? Wire.BLOCK_STATUS_PAYLOAD : 0);
    };
  }
}
