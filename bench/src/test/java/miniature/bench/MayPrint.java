package miniature.bench;

final class MayPrint {
  public static void main(String[] args) {
    System.out.println();
  }
}
