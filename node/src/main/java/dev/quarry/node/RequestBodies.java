package dev.quarry.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;

/// Reads the JSON of requests: strict in what it takes, so that a misspelt parameter is refused and
/// not ignored.
final class RequestBodies {
  private final JsonMapper mapper =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .build();

  /// A request's body as a value.
  ///
  /// @throws ApiException if it is not one; what the value itself refuses passes through
  <T> T decode(byte[] body, Class<T> type) {
    try {
      T value = mapper.readValue(body, type);
      if (value == null) {
        throw ApiException.malformed("the request has no body; it must be a JSON object");
      }
      return value;
    } catch (UnrecognizedPropertyException e) {
      throw new ApiException(
          400,
          "UnknownParameter",
          "unknown parameter %s; known are %s"
              .formatted(e.getPropertyName(), e.getKnownPropertyIds()));
    } catch (JsonMappingException e) {
      if (e.getCause() instanceof ApiException refused) {
        throw refused;
      }
      throw ApiException.malformed(
          "the request's body does not fit: " + e.getOriginalMessage() + at(e));
    } catch (JsonProcessingException e) {
      throw ApiException.malformed("the request's body is not JSON: " + e.getOriginalMessage());
    } catch (java.io.IOException e) {
      throw new AssertionError("reading from memory failed", e);
    }
  }

  private static String at(JsonMappingException e) {
    return e.getPath().isEmpty() ? "" : " parameter=" + e.getPath().getFirst().getFieldName();
  }
}
