package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.EOFException;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// One conversation for each option and command, byte by byte: `src/test/resources/conversations`.
@Timeout(30)
class ConversationTest {

  static List<Conversation> conversations() throws IOException {
    return Conversation.all();
  }

  @ParameterizedTest
  @MethodSource("conversations")
  void conversation_asWrittenDown_isHeld(Conversation conversation) throws IOException {
    try (Served served = conversation.served();
        RawClient client = served.connect()) {
      for (Conversation.Line line : conversation.lines()) {
        if (line.client()) {
          client.send(line.bytes().orElseThrow());
        } else if (line.bytes().isPresent()) {
          HexFormat hex = HexFormat.of();
          byte[] wanted = line.bytes().get();
          assertEquals(hex.formatHex(wanted), hex.formatHex(received(client, wanted.length)));
        } else {
          client.expectEnd();
        }
      }
    }
  }

  /// What arrives, or as much of it as does before the end.
  private static byte[] received(RawClient client, int count) throws IOException {
    try {
      return client.receive(count);
    } catch (EOFException e) {
      throw new AssertionError("the server ended the conversation", e);
    }
  }
}
