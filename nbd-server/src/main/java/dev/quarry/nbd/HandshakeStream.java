package dev.quarry.nbd;

import dev.quarry.posix.Sockets;
import dev.quarry.tls.TlsEngine;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.function.LongSupplier;

/// The bytes of a handshake, in and out, until a deadline.
final class HandshakeStream implements AutoCloseable {
  private final ClientSocket socket;
  private final Input input;
  private final MemorySegment scratch;
  private final LongSupplier nanoClock;
  private final long deadlineNanos;
  private final Poller poller = new Poller(1);
  private ClientStream transport; // the socket, or TLS on it

  /// @param scratch memory for bytes on their way out
  HandshakeStream(
      ClientSocket socket,
      Input input,
      MemorySegment scratch,
      long timeoutNanos,
      LongSupplier nanoClock) {
    this.socket = socket;
    this.transport = socket;
    this.input = input;
    this.scratch = scratch;
    this.nanoClock = nanoClock;
    this.deadlineNanos = nanoClock.getAsLong() + timeoutNanos;
  }

  /// What the bytes go through, for as long as this is not closed.
  ClientStream transport() {
    return transport;
  }

  /// Whether bytes are there that nobody has taken.
  boolean hasInput() {
    return input.available() > 0;
  }

  /// Goes on through TLS.
  ///
  /// @return who the client proved to be
  Optional<String> secure(TlsEngine engine) throws ClientGone {
    assert transport == socket && !hasInput();
    TlsStream tls = new TlsStream(socket, engine);
    transport = tls;
    while (!tls.shakeHands()) {
      await(tls.pending() ? Sockets.POLLOUT : Sockets.POLLIN);
    }
    return tls.peer();
  }

  int takeInt() throws ClientGone {
    need(Integer.BYTES);
    int value = input.memory().get(Wire.INT, input.at());
    input.skip(Integer.BYTES);
    return value;
  }

  long takeLong() throws ClientGone {
    need(Long.BYTES);
    long value = input.memory().get(Wire.LONG, input.at());
    input.skip(Long.BYTES);
    return value;
  }

  /// Takes the next bytes; `count` was found good before.
  byte[] take(int count) throws ClientGone {
    need(count);
    byte[] bytes = new byte[count];
    MemorySegment.copy(input.memory(), ValueLayout.JAVA_BYTE, input.at(), bytes, 0, count);
    input.skip(count);
    return bytes;
  }

  /// Takes the next bytes and forgets them.
  void drop(long count) throws ClientGone {
    for (long left = count; left > 0; ) {
      need(1);
      long step = Math.min(left, input.available());
      input.skip(step);
      left -= step;
    }
  }

  /// Sends all bytes.
  void send(byte[] bytes) throws ClientGone {
    for (int from = 0; from < bytes.length; ) {
      int step = (int) Math.min(bytes.length - from, scratch.byteSize());
      MemorySegment.copy(bytes, from, scratch, ValueLayout.JAVA_BYTE, 0, step);
      for (long sent = 0; sent < step; ) {
        long count = transport.sendNow(scratch.address() + sent, step - sent);
        if (count == 0) {
          await(Sockets.POLLOUT);
        }
        sent += count;
      }
      from += step;
    }
    while (!transport.flushNow()) {
      await(Sockets.POLLOUT);
    }
  }

  @Override
  public void close() {
    if (transport != socket) {
      transport.close();
    }
    poller.close();
  }

  private void need(int count) throws ClientGone {
    while (input.available() < count) {
      input.makeRoom(count);
      long received = transport.receiveNow(input.address(), input.room());
      if (received == 0) {
        throw new ClientGone("client left during the handshake");
      }
      if (received == ClientStream.NOTHING) {
        await(Sockets.POLLIN);
      } else {
        input.received(received);
      }
    }
  }

  private void await(int events) throws ClientGone {
    long left = deadlineNanos - nanoClock.getAsLong();
    if (left <= 0) {
      throw new ClientGone("handshake took too long");
    }
    poller.watch(0, socket.descriptor(), events);
    poller.await(left);
  }
}
