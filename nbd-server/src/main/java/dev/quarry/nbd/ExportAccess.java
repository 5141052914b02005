package dev.quarry.nbd;

/// Which exports a client may see and use. One that a client may not use does not exist for it. Any
/// connection's thread may call it at any time.
public interface ExportAccess {

  /// What a client may do with an export. What comes later includes what comes before.
  enum Level {
    /// Nothing: it does not exist for the client.
    NONE,
    /// To read it: it is a read-only export for the client.
    READ,
    /// To read and to change it.
    WRITE
  }

  /// What a client may do with an export, by the name that it is listed under.
  Level level(Client client, String export);

  /// Whether clients are told apart at all.
  default boolean restricts() {
    return true;
  }

  /// Whether a client can come to more by proving its name by TLS.
  default boolean knowsNames() {
    return restricts();
  }

  /// What both this and another allow.
  default ExportAccess and(ExportAccess other) {
    ExportAccess first = this;
    return new ExportAccess() {
      @Override
      public Level level(Client client, String export) {
        Level one = first.level(client, export);
        Level two = other.level(client, export);
        return one.compareTo(two) <= 0 ? one : two;
      }

      @Override
      public boolean restricts() {
        return first.restricts() || other.restricts();
      }

      @Override
      public boolean knowsNames() {
        return first.knowsNames() || other.knowsNames();
      }
    };
  }

  /// Everything for everybody.
  static ExportAccess everything() {
    return new ExportAccess() {
      @Override
      public Level level(Client client, String export) {
        return Level.WRITE;
      }

      @Override
      public boolean restricts() {
        return false;
      }
    };
  }
}
