package miniature.volume;

/// Uses a package that volume must not know.
public final class ReachesUp {
  public Object other() {
    return new miniature.snapshot.ReachesUp();
  }
}
