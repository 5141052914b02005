package miniature.cli;

final class MayPrint {
  void toOut() {
    System.out.println();
  }
}
