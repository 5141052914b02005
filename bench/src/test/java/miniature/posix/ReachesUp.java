package miniature.posix;

/// Uses a package that posix must not know.
public final class ReachesUp {
  public Object other() {
    return new miniature.disk.ReachesUp();
  }
}
