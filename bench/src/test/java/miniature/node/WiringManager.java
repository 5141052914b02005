package miniature.node;

final class WiringManager {}
