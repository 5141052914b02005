package miniature.crypto;

/// Uses a package that crypto must not know.
public final class ReachesUp {
  public Object other() {
    return new miniature.block.ReachesUp();
  }
}
