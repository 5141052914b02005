package miniature.nbd;

/// Uses a package that nbd must not know.
public final class ReachesUp {
  public Object other() {
    return new miniature.volume.ReachesUp();
  }
}
