package miniature.node;

/// Uses a package that node must not know.
public final class ReachesUp {
  public Object other() {
    return new miniature.cli.ReachesUp();
  }
}
