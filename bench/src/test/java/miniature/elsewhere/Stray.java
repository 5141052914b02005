package miniature.elsewhere;

/// Lies in a package that has no place.
public final class Stray {}
