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

  static int of(ExportInfo export) {
    return export.readOnly()
        ? ALWAYS | Wire.READ_ONLY
        : ALWAYS | Wire.SEND_TRIM | Wire.SEND_WRITE_ZEROES;
  }
}
