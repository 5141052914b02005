package miniature.tiers;

/// Uses a package that tiers must not know.
public final class ReachesUp {
  public Object other() {
    return new miniature.report.ReachesUp();
  }
}
