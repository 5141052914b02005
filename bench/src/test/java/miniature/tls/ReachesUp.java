package miniature.tls;

/// Uses a package that tls must not know.
public final class ReachesUp {
  public Object other() {
    return new miniature.nbd.ReachesUp();
  }
}
