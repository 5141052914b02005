package dev.quarry.interop;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;

/// A bare NBD client for tests, one connection, simple replies (NBD project, doc/proto.md).
///
/// It checks what it receives and nothing that it is asked to send, so that a test can break the
/// protocol. Requests are either sent and awaited one by one ([#read], [#write], ...), or put in
/// flight with [#send] and taken in with [#receive], in whatever order the server answers. A thread
/// that waits for the server is released by closing the client, or by an interrupt. Not for use by
/// several threads at once.
final class NbdTestClient implements AutoCloseable {
  private static final int REQUEST_MAGIC = 0x25609513;
  private static final int SIMPLE_REPLY_MAGIC = 0x67446698;

  private final SocketChannel channel;
  private final NbdHandshake.Export export;
  private final Map<Long, NbdRequest> inFlight = new HashMap<>();
  private final ByteBuffer header = ByteBuffer.allocateDirect(28);
  private long nextCookie = 1;

  private NbdTestClient(SocketChannel channel, NbdHandshake.Export export) {
    this.channel = channel;
    this.export = export;
  }

  /// Connects and opens an export.
  ///
  /// @throws NbdException if the server refuses the export
  static NbdTestClient open(SocketAddress server, String exportName) throws IOException {
    SocketChannel channel = connect(server);
    try {
      NbdHandshake handshake = NbdHandshake.begin(channel);
      return new NbdTestClient(channel, handshake.go(exportName));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /// A connection on which nothing was said yet.
  static SocketChannel connect(SocketAddress server) throws IOException {
    if (server instanceof UnixDomainSocketAddress) {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.connect(server);
      return channel;
    }
    SocketChannel channel = SocketChannel.open(server);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    return channel;
  }

  NbdHandshake.Export export() {
    return export;
  }

  int inFlightCount() {
    return inFlight.size();
  }

  byte[] read(long offset, int length) throws IOException {
    return call(NbdRequest.read(offset, length)).data();
  }

  void write(long offset, byte[] data) throws IOException {
    call(NbdRequest.write(offset, data));
  }

  void flush() throws IOException {
    call(NbdRequest.flush());
  }

  /// Sends a request, waits for its reply, and expects success.
  ///
  /// @throws NbdException if the server answers with an error
  NbdReply call(NbdRequest request) throws IOException {
    if (!inFlight.isEmpty()) {
      throw new IllegalStateException("requests are in flight count=" + inFlight.size());
    }
    send(request);
    NbdReply reply = receive();
    if (reply.error() != 0) {
      throw new NbdException(reply.error(), request.toString());
    }
    return reply;
  }

  /// Sends a request and does not wait.
  ///
  /// @return its cookie
  long send(NbdRequest request) throws IOException {
    long cookie = nextCookie++;
    inFlight.put(cookie, request);
    sendHeader(request, cookie);
    writeFully(request.payload());
    return cookie;
  }

  /// Sends a request's first bytes only: its header, and as much of its payload as is said.
  void sendCutShort(NbdRequest request, int payloadBytes) throws IOException {
    sendHeader(request, nextCookie++);
    writeFully(request.payload().slice(0, payloadBytes));
  }

  /// Sends bytes that are no request.
  void sendRaw(ByteBuffer bytes) throws IOException {
    writeFully(bytes);
  }

  /// Takes in the next reply of any request in flight.
  ///
  /// @throws EOFException if the server closed the connection
  NbdReply receive() throws IOException {
    ByteBuffer reply = header.clear().limit(16);
    readFully(reply);
    int magic = reply.getInt();
    int error = reply.getInt();
    long cookie = reply.getLong();
    NbdRequest request = inFlight.remove(cookie);
    if (magic != SIMPLE_REPLY_MAGIC || request == null) {
      throw new AssertionError("not a reply to us magic=%x cookie=%x".formatted(magic, cookie));
    }
    byte[] data = new byte[error == 0 ? request.replyBytes() : 0];
    readFully(ByteBuffer.wrap(data));
    return new NbdReply(cookie, request, error, data);
  }

  /// Says goodbye. The server answers what is in flight and closes.
  void disconnect() throws IOException {
    sendHeader(NbdRequest.disconnect(), nextCookie++);
  }

  /// Goes away without a word.
  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void sendHeader(NbdRequest request, long cookie) throws IOException {
    header.clear();
    header.putInt(REQUEST_MAGIC).putShort((short) request.flags()).putShort(request.type());
    header.putLong(cookie).putLong(request.offset()).putInt(request.length());
    writeFully(header.flip());
  }

  private void writeFully(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private void readFully(ByteBuffer bytes) throws IOException {
    NbdHandshake.readFully(channel, bytes);
  }
}
