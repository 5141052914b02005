package miniature.node;

final class Prints {
  void toOut() {
    System.out.println();
  }

  void toErr() {
    System.err.println();
  }

  void trace(Exception e) {
    e.printStackTrace();
  }
}
