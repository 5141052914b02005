package miniature.load;

/// Uses a package that load must not know.
public final class ReachesUp {
  public Object other() {
    return new miniature.report.ReachesUp();
  }
}
