package miniature.bench;

/// Uses a package that bench must not know.
public final class ReachesUp {
  public Object other() {
    return new miniature.elsewhere.Stray();
  }
}
