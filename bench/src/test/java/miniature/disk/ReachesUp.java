package miniature.disk;

/// Uses a package that disk must not know.
public final class ReachesUp {
  public Object other() {
    return new miniature.volume.ReachesUp();
  }
}
