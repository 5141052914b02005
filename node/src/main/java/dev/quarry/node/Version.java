package dev.quarry.node;

/// Which Quarry this is.
public final class Version {
  private Version() {}

  /// The version in our jar's manifest, or `development` for classes outside a jar.
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
