package dev.quarry.objects;

import java.util.Optional;

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
    return refuse(name, name.isEmpty() ? Optional.of("is empty") : flaw(name, true));
  }

  /// Whether a name keeps the rules.
  static boolean isValid(String name) {
    return !name.isEmpty() && flaw(name, true).isEmpty();
  }

  /// Answers a prefix, or a name to start after, if names that keep the rules can begin with it.
  static String checkPrefix(String prefix) {
    return refuse(prefix, flaw(prefix, false));
  }

  private static String refuse(String name, Optional<String> flaw) {
    if (flaw.isPresent()) {
      throw new IllegalArgumentException("object name " + flaw.get() + " name=" + name);
    }
    return name;
  }

  /// What is wrong with a name, or with the beginning of one.
  private static Optional<String> flaw(String name, boolean whole) {
    if (name.length() > MAX_LENGTH) {
      return Optional.of("is longer than " + MAX_LENGTH + " characters");
    }
    int start = 0;
    for (int at = 0; at <= name.length(); at++) {
      boolean end = at == name.length();
      if (end || name.charAt(at) == '/') {
        if (at == start && (whole || !end)) {
          return Optional.of("has an empty element");
        }
        if (at - start > MAX_ELEMENT_LENGTH) {
          return Optional.of("has an element longer than " + MAX_ELEMENT_LENGTH + " characters");
        }
        start = at + 1;
      } else if (at == start && name.charAt(at) == '.') {
        return Optional.of("has an element that begins with a dot");
      } else if (!isAllowed(name.charAt(at))) {
        return Optional.of("has a character other than A-Z a-z 0-9 . _ - /");
      }
    }
    return Optional.empty();
  }

  private static boolean isAllowed(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '.'
        || c == '_'
        || c == '-';
  }
}
