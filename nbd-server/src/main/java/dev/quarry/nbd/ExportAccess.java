package dev.quarry.nbd;

/// Which exports a client may see and use. One that a client may not use does not exist for it. Any
/// connection's thread may call it at any time.
public interface ExportAccess {

  /// Whether a client may use an export, by the name that it is listed under.
  boolean permits(Client client, String export);

  /// Whether clients are told apart at all.
  default boolean restricts() {
    return true;
  }

  /// Everything for everybody.
  static ExportAccess everything() {
    return new ExportAccess() {
      @Override
      public boolean permits(Client client, String export) {
        return true;
      }

      @Override
      public boolean restricts() {
        return false;
      }
    };
  }
}
