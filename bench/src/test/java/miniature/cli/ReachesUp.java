package miniature.cli;

/// Uses a package that cli must not know.
public final class ReachesUp {
  public Object other() {
    return new miniature.elsewhere.Stray();
  }
}
