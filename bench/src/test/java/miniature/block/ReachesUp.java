package miniature.block;

/// Uses a package that block must not know.
public final class ReachesUp {
  public Object other() {
    return new miniature.posix.ReachesUp();
  }
}
