package dev.quarry.objects;

/// The rules for names of objects, which every store and file system can keep.
///
/// A name is one or more elements with `/` between them. An element has ASCII letters, digits, `.`,
/// `_` and `-`, at least one of them and at most 200, and does not begin with a dot. A name has at
/// most 800 characters. Names that differ in case differ.
///
/// Sources: an S3 key has at most 1024 bytes (Amazon S3 User Guide, "Naming Amazon S3 objects"), of
/// which a prefix takes some; a Linux file name has at most 255 bytes (NAME_MAX).
final class ObjectName {
  static final int MAX_LENGTH = 800;
  static final int MAX_ELEMENT_LENGTH = 200;

  private ObjectName() {}

  /// Answers the name, if it keeps the rules.
  static String check(String name) {
    if (name.isEmpty()) {
      throw refused("is empty", name);
    }
    return checkBeginning(name, true);
  }

  /// Answers a prefix, or a name to start after, if names that keep the rules can begin with it.
  static String checkPrefix(String prefix) {
    return checkBeginning(prefix, false);
  }

  private static String checkBeginning(String name, boolean whole) {
    if (name.length() > MAX_LENGTH) {
      throw refused("is longer than " + MAX_LENGTH + " characters", name);
    }
    int start = 0;
    for (int at = 0; at <= name.length(); at++) {
      boolean end = at == name.length();
      if (end || name.charAt(at) == '/') {
        if (at == start && (whole || !end)) {
          throw refused("has an empty element", name);
        }
        if (at - start > MAX_ELEMENT_LENGTH) {
          throw refused("has an element longer than " + MAX_ELEMENT_LENGTH + " characters", name);
        }
        start = at + 1;
      } else if (at == start && name.charAt(at) == '.') {
        throw refused("has an element that begins with a dot", name);
      } else if (!allowed(name.charAt(at))) {
        throw refused("has a character other than A-Z a-z 0-9 . _ - /", name);
      }
    }
    return name;
  }

  private static boolean allowed(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '.'
        || c == '_'
        || c == '-';
  }

  private static IllegalArgumentException refused(String why, String name) {
    return new IllegalArgumentException("object name " + why + " name=" + name);
  }
}
