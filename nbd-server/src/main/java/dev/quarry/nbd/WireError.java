package dev.quarry.nbd;

/// The error numbers of replies ("Error values").
final class WireError {
  static final int NONE = 0;
  static final int EPERM = 1;
  static final int EIO = 5;
  static final int EINVAL = 22;
  static final int ENOSPC = 28;
  static final int EOVERFLOW = 75;
  static final int ENOTSUP = 95;
  static final int ESHUTDOWN = 108;

  private WireError() {}
}
