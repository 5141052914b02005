package miniature.report;

/// Uses a package that report must not know.
public final class ReachesUp {
  public Object other() {
    return new miniature.load.ReachesUp();
  }
}
