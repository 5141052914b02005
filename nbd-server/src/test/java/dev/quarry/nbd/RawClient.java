package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;

/// A client that sends and expects bytes, and knows of the protocol only how to write them down.
final class RawClient implements AutoCloseable {
  private final SocketChannel channel;
  private Optional<TlsClient> tls = Optional.empty();

  private RawClient(SocketChannel channel) {
    this.channel = channel;
  }

  static RawClient connect(ListenAddress address) throws IOException {
    return switch (address) {
      case ListenAddress.Unix(var path) -> {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(path));
        yield new RawClient(channel);
      }
      case ListenAddress.Tcp(var host, var port) ->
          new RawClient(
              SocketChannel.open(new InetSocketAddress(host.isEmpty() ? "127.0.0.1" : host, port)));
    };
  }

  /// A client that has gone through the handshake of an export.
  ///
  /// @param options asked for before, with their data; each must be granted
  static RawClient attach(ListenAddress address, String export, Asked... options)
      throws IOException {
    RawClient client = greeted(address);
    for (Asked asked : options) {
      client.ask(asked);
    }
    return client.go(export);
  }

  /// A client that has greeted the server and may ask for options.
  static RawClient greeted(ListenAddress address) throws IOException {
    RawClient client = connect(address);
    client.receive(18);
    return client.send("00000003");
  }

  /// Asks for an option and expects that it is granted.
  RawClient ask(Asked asked) throws IOException {
    option(asked.option(), asked.data());
    for (int i = 0; i < asked.contexts(); i++) {
      assertEquals(Wire.REP_META_CONTEXT, optionReply(asked.option()));
    }
    assertEquals(Wire.REP_ACK, optionReply(asked.option()));
    return this;
  }

  /// Ends the handshake with an export, of which the server tells nothing but what it always does.
  RawClient go(String export) throws IOException {
    option(Wire.OPT_GO, about(export));
    receive(20 + 12);
    return expect("0003e889045565a9 00000007 00000001 00000000");
  }

  /// An option and its data.
  ///
  /// @param contexts how many metadata contexts the server names in its answer
  record Asked(int option, byte[] data, int contexts) {
    static final Asked STRUCTURED = new Asked(Wire.OPT_STRUCTURED_REPLY, new byte[0], 0);
    static final Asked EXTENDED = new Asked(Wire.OPT_EXTENDED_HEADERS, new byte[0], 0);

    /// @param names of contexts that there are
    static Asked contexts(String export, String... names) {
      return new Asked(Wire.OPT_SET_META_CONTEXT, contextQueries(export, names), names.length);
    }
  }

  /// The data of INFO and GO.
  static byte[] about(String export, int... wanted) {
    return Bytes.of(out -> {
      writeString(out, export);
      out.writeShort(wanted.length);
      for (int item : wanted) {
        out.writeShort(item);
      }
    });
  }

  /// The data of LIST_META_CONTEXT and SET_META_CONTEXT.
  static byte[] contextQueries(String export, String... queries) {
    return Bytes.of(out -> {
      writeString(out, export);
      out.writeInt(queries.length);
      for (String query : queries) {
        writeString(out, query);
      }
    });
  }

  private static void writeString(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  /// Takes one reply to an option with its data, and answers its type. An ack has no data.
  int optionReply(int option) throws IOException {
    expect("0003e889045565a9 %08x".formatted(option));
    int type = ByteBuffer.wrap(receive(4)).getInt();
    int length = ByteBuffer.wrap(receive(4)).getInt();
    assertTrue(type != Wire.REP_ACK || length == 0, "an ack with data");
    receive(length);
    return type;
  }

  /// Sends bytes written in hexadecimal; spaces do not count.
  RawClient send(String hex) throws IOException {
    return send(HexFormat.of().parseHex(hex.replaceAll("\\s", "")));
  }

  /// Goes on through TLS.
  ///
  /// @param folder with the authority, and the client's certificate if that is to be shown
  void startTls(Path folder, boolean withCertificate) throws IOException {
    tls = Optional.of(TlsClient.handshake(channel, folder, withCertificate));
  }

  RawClient send(byte[] bytes) throws IOException {
    if (tls.isPresent()) {
      tls.get().send(bytes);
      return this;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    return this;
  }

  RawClient option(int number, byte[] data) throws IOException {
    return send(
        Bytes.of(out -> {
          out.writeLong(Wire.OPTION_MAGIC);
          out.writeInt(number);
          out.writeInt(data.length);
          out.write(data);
        }));
  }

  /// A request's header.
  static byte[] request(int flags, int command, long cookie, long offset, long length) {
    return Bytes.of(out -> {
      out.writeInt(Wire.REQUEST_MAGIC);
      out.writeShort(flags);
      out.writeShort(command);
      out.writeLong(cookie);
      out.writeLong(offset);
      out.writeInt((int) length);
    });
  }

  /// A request's header on a connection with extended headers.
  static byte[] extended(int flags, int command, long cookie, long offset, long length) {
    return Bytes.of(out -> {
      out.writeInt(Wire.EXTENDED_REQUEST_MAGIC);
      out.writeShort(flags);
      out.writeShort(command);
      out.writeLong(cookie);
      out.writeLong(offset);
      out.writeLong(length);
    });
  }

  RawClient read(long cookie, long offset, long length) throws IOException {
    return send(request(0, 0, cookie, offset, length));
  }

  RawClient write(long cookie, long offset, byte[] data) throws IOException {
    return send(request(0, 1, cookie, offset, data.length)).send(data);
  }

  RawClient disconnect() throws IOException {
    return send(request(0, 2, 0, 0, 0));
  }

  RawClient flush(long cookie) throws IOException {
    return send(request(0, 3, cookie, 0, 0));
  }

  byte[] receive(int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    while (buffer.hasRemaining()) {
      if (read(buffer) < 0) {
        throw new EOFException("end after %d of %d bytes".formatted(buffer.position(), count));
      }
    }
    return buffer.array();
  }

  /// Receives as many bytes as are written here in hexadecimal, and compares.
  RawClient expect(String hex) throws IOException {
    String wanted = hex.replaceAll("\\s", "");
    assertEquals(wanted, HexFormat.of().formatHex(receive(wanted.length() / 2)));
    return this;
  }

  /// Expects a reply without data.
  RawClient expectReply(int error, long cookie) throws IOException {
    return expect("67446698 %08x %016x".formatted(error, cookie));
  }

  /// Expects a chunk with an error and a text.
  ///
  /// @param tail what follows the text, in hexadecimal
  RawClient expectError(String header, long cookie, int error, String tail) throws IOException {
    expect(header + "%016x".formatted(cookie));
    int length = ByteBuffer.wrap(receive(4)).getInt();
    return expectErrorBody(length, error, tail);
  }

  /// Expects the payload of a chunk with an error and a text.
  RawClient expectErrorBody(int length, int error, String tail) throws IOException {
    expect("%08x".formatted(error));
    int textBytes = ByteBuffer.wrap(receive(2)).getShort();
    String text = new String(receive(textBytes), StandardCharsets.UTF_8);
    assertTrue(text.matches("[a-z][ -~]+"), text);
    expect(tail);
    assertEquals(length, 6 + textBytes + tail.length() / 2);
    return this;
  }

  /// Expects the reply to a READ.
  byte[] expectData(long cookie, int length) throws IOException {
    expectReply(WireError.NONE, cookie);
    return receive(length);
  }

  /// The cookie of the next reply, which must be without data and without error.
  long expectSuccess() throws IOException {
    ByteBuffer reply = ByteBuffer.wrap(receive(Wire.SIMPLE_REPLY_BYTES));
    assertEquals(Wire.SIMPLE_REPLY_MAGIC, reply.getInt());
    assertEquals(WireError.NONE, reply.getInt());
    return reply.getLong();
  }

  /// Expects that the server sends no more and closes the connection.
  void expectEnd() throws IOException {
    try {
      assertEquals(-1, read(ByteBuffer.allocate(1)), "the server sent more");
    } catch (IOException e) {
      assertEquals("Connection reset", e.getMessage()); // what we sent last was not read
    }
  }

  /// Says that nothing more is sent; replies can still be received.
  RawClient endOutput() throws IOException {
    channel.shutdownOutput();
    return this;
  }

  private int read(ByteBuffer into) throws IOException {
    return tls.isPresent() ? tls.get().read(into) : channel.read(into);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
