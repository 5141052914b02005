package dev.quarry.node;

import java.util.Map;

/// A request whose sender and route are known to be right; its body is not read yet.
///
/// @param variables the parts of the path that the route left open, by name
/// @param query what followed the question mark, as it was sent; empty if there was none
/// @param body the bytes that came with it, maybe none
record ApiRequest(Map<String, String> variables, String query, byte[] body) {

  String variable(String name) {
    return variables.get(name);
  }
}
