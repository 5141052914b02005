package miniature.snapshot;

/// Uses a package that snapshot must not know.
public final class ReachesUp {
  public Object other() {
    return new miniature.nbd.ReachesUp();
  }
}
