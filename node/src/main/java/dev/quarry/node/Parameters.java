package dev.quarry.node;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// The parameters of a request: the members of the JSON object in its body. Strict, so that a
/// misspelt parameter is refused and not ignored.
final class Parameters {
  private final JsonObject members;

  private Parameters(JsonObject members) {
    this.members = members;
  }

  /// Reads a body.
  ///
  /// @param known the parameters that the request takes
  /// @throws ApiException if the body is no JSON object, or has other members
  static Parameters of(byte[] body, List<String> known) {
    JsonObject members;
    try {
      members = JsonObject.parse(body);
    } catch (IOException e) {
      throw ApiException.malformed("the request's body cannot be read: " + e.getMessage());
    }
    List<String> unknown = new ArrayList<>(members.names());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new ApiException(
          400,
          "UnknownParameter",
          "the request has parameters that are not known unknown=%s known=%s"
              .formatted(unknown, known));
    }
    return new Parameters(members);
  }

  /// A whole number that must be there.
  long requiredNumber(String name) {
    return required(name, number(name));
  }

  /// A whole number, from 0 to 2^31 - 1, that may be there.
  OptionalInt smallNumber(String name) {
    Optional<Long> number = number(name);
    if (number.isEmpty()) {
      return OptionalInt.empty();
    }
    if (number.get() < 0 || number.get() > Integer.MAX_VALUE) {
      throw new ApiException(
          400,
          "InvalidParameterValue",
          "Value (%d) for parameter %s is invalid. Value must be a positive integer."
              .formatted(number.get(), name));
    }
    return OptionalInt.of(number.get().intValue());
  }

  /// A text that may be there.
  Optional<String> text(String name) {
    return checked(name, members.text(name), "a text");
  }

  /// A truth that may be there.
  Optional<Boolean> truth(String name) {
    return checked(name, members.truth(name), "true or false");
  }

  /// A whole number that may be there.
  Optional<Long> number(String name) {
    return checked(name, members.number(name), "a whole number");
  }

  /// A text that must be there.
  String requiredText(String name) {
    return required(name, text(name));
  }

  /// Texts, in a list that may be there.
  List<String> list(String name) {
    List<String> texts = members.texts(name);
    if (texts.isEmpty() && members.has(name)) {
      throw ApiException.malformed("a parameter must be a list of texts name=" + name);
    }
    return texts;
  }

  /// An object of texts; empty if it is not there.
  Map<String, String> texts(String name) {
    Optional<JsonObject> object = checked(name, members.object(name), "an object of texts");
    Map<String, String> texts = object.map(JsonObject::texts).orElse(Map.of());
    if (object.isPresent() && texts.size() != object.get().names().size()) {
      throw ApiException.malformed("a parameter holds what is not a text name=" + name);
    }
    return texts;
  }

  private static <T> T required(String name, Optional<T> value) {
    return value.orElseThrow(() -> missing(name));
  }

  /// The error of a parameter that must be there and is not.
  static ApiException missing(String name) {
    return new ApiException(
        400, "MissingParameter", "The request must contain the parameter " + name);
  }

  private <T> Optional<T> checked(String name, Optional<T> value, String kind) {
    if (value.isEmpty() && members.has(name)) {
      throw ApiException.malformed("a parameter must be " + kind + " name=" + name);
    }
    return value;
  }
}
