package miniature.shaping;

/// Uses a package that shaping must not know.
public final class ReachesUp {
  public Object other() {
    return new miniature.disk.ReachesUp();
  }
}
