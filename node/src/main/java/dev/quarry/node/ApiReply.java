package dev.quarry.node;

/// An answer of the control API.
///
/// @param status the HTTP status
/// @param body what is sent
record ApiReply(int status, JsonObject body) {

  static ApiReply ok(JsonObject body) {
    return new ApiReply(200, body);
  }

  static ApiReply created(JsonObject body) {
    return new ApiReply(201, body);
  }

  /// An error: its name, for programs, and what happened, for people.
  static ApiReply error(int status, String code, String message) {
    return new ApiReply(status, new JsonObject().put("code", code).put("message", message));
  }
}
