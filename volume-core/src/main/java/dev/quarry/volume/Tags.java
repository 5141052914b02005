package dev.quarry.volume;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The rules for tags (EC2 User Guide, "Tag restrictions"): at most 50, keys of 1 to 127 and values
/// of at most 256 characters, no key that begins with `aws:`.
final class Tags {
  static final int MOST_TAGS = 50;
  static final int LONGEST_KEY = 127;
  static final int LONGEST_VALUE = 256;

  private Tags() {}

  /// A checked, ordered, unchangeable copy.
  static Map<String, String> checked(Map<String, String> tags) {
    if (tags.size() > MOST_TAGS) {
      throw new ControlException.Invalid(
          "TagLimitExceeded",
          "%d tags are too many; a volume takes %d.".formatted(tags.size(), MOST_TAGS));
    }
    tags.forEach(Tags::check);
    return Collections.unmodifiableMap(new TreeMap<>(tags));
  }

  private static void check(String key, String value) {
    if (key.isEmpty() || key.length() > LONGEST_KEY) {
      throw ControlException.Invalid.value(
          "Tag key '%s' must have 1 to %d characters.".formatted(key, LONGEST_KEY));
    }
    if (value.length() > LONGEST_VALUE) {
      throw ControlException.Invalid.value(
          "The value of tag '%s' must have at most %d characters.".formatted(key, LONGEST_VALUE));
    }
    if (key.toLowerCase(Locale.ROOT).startsWith("aws:")) {
      throw ControlException.Invalid.value(
          "Tag key '%s' must not begin with 'aws:', which is reserved.".formatted(key));
    }
  }
}
