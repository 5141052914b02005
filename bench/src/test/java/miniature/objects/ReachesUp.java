package miniature.objects;

/// Uses a package that objects must not know.
public final class ReachesUp {
  public Object other() {
    return new miniature.snapshot.ReachesUp();
  }
}
