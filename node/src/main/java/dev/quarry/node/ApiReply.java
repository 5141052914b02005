package dev.quarry.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/// An answer of the control API.
///
/// @param status the HTTP status
/// @param body what is sent
record ApiReply(int status, JsonNode body) {

  static ApiReply ok(JsonNode body) {
    return new ApiReply(200, body);
  }

  static ApiReply created(JsonNode body) {
    return new ApiReply(201, body);
  }

  /// An error: its name, for programs, and what happened, for people.
  static ApiReply error(int status, String code, String message) {
    return new ApiReply(
        status, JsonNodeFactory.instance.objectNode().put("code", code).put("message", message));
  }
}
