package miniature.workload;

/// Uses a package that workload must not know.
public final class ReachesUp {
  public Object other() {
    return new miniature.tiers.ReachesUp();
  }
}
