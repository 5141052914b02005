package dev.quarry.nbd;

import dev.quarry.posix.Memory;
import dev.quarry.tls.TlsEngine;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A client's bytes through TLS.
///
/// ```
/// receive  socket → in → engine → caller
/// send     caller → engine → out → socket
/// ```
///
/// It takes no more to send before the last is out, so that a client that does not take its replies
/// makes it hold [#SEND_BYTES] of them, and no more.
final class TlsStream implements ClientStream {
  /// What is encrypted at a time: four records.
  private static final int SEND_BYTES = 64 << 10;

  /// Room for that, and for what TLS puts around it.
  private static final int OUT_BYTES = SEND_BYTES + 4096;

  private final ClientSocket socket;
  private final TlsEngine engine;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment in = arena.allocate(TlsEngine.OFFER_LIMIT_BYTES);
  private final MemorySegment out = arena.allocate(OUT_BYTES);
  private final ByteBuffer inBytes = in.asByteBuffer(); // the same, as the engine wants them
  private final ByteBuffer outBytes = out.asByteBuffer();
  private long outFrom;
  private long outTo;

  TlsStream(ClientSocket socket, TlsEngine engine) {
    this.socket = socket;
    this.engine = engine;
  }

  /// Goes on with the handshake as far as it goes without waiting.
  ///
  /// @return whether it is done; if not, wait until the client sends, or takes what is [#pending]
  boolean shakeHands() throws ClientGone {
    while (true) {
      boolean sent = flushNow();
      if (engine.established()) {
        return sent;
      }
      if (!sent) {
        return false;
      }
      long count = socket.receiveNow(in.address(), in.byteSize());
      if (count == NOTHING) {
        return false;
      }
      if (count == 0) {
        throw new ClientGone("client left during the TLS handshake");
      }
      offer(count);
    }
  }

  /// Who the client proved to be.
  Optional<String> peer() {
    return engine.peer();
  }

  @Override
  public int descriptor() {
    return socket.descriptor();
  }

  @Override
  public long receive(long address, long room) throws ClientGone {
    return receive(address, room, true);
  }

  @Override
  public long receiveNow(long address, long room) throws ClientGone {
    return receive(address, room, false);
  }

  private long receive(long address, long room, boolean wait) throws ClientGone {
    ByteBuffer into = bytes(address, room);
    while (true) {
      int read = read(into);
      if (read > 0 || room == 0) {
        return read;
      }
      if (engine.ended()) {
        return 0;
      }
      long count =
          wait
              ? socket.receive(in.address(), in.byteSize())
              : socket.receiveNow(in.address(), in.byteSize());
      if (count <= 0) {
        return count; // nothing, or the end
      }
      offer(count);
    }
  }

  @Override
  public boolean readable() {
    return engine.readable();
  }

  @Override
  public long sendNow(long address, long length) throws ClientGone {
    if (!flushNow()) {
      return 0;
    }
    long step = Math.min(length, SEND_BYTES);
    try {
      engine.write(bytes(address, step));
    } catch (IOException e) {
      throw failed(e);
    }
    flushNow();
    return step;
  }

  @Override
  public boolean flushNow() throws ClientGone {
    while (true) {
      if (outFrom == outTo) {
        outFrom = 0;
        outTo = engine.take(outBytes.clear());
        if (outTo == 0) {
          return true;
        }
      }
      long count = socket.sendNow(out.address() + outFrom, outTo - outFrom);
      if (count == 0) {
        return false;
      }
      outFrom += count;
    }
  }

  @Override
  public boolean pending() {
    return outFrom < outTo || engine.hasOutput();
  }

  /// Tells the client that nothing more comes, if it takes that now.
  @Override
  public void close() {
    try {
      engine.close();
      flushNow();
    } catch (IOException e) {
      // the client is gone, or TLS has failed before: there is nobody to tell
    } finally {
      arena.close();
    }
  }

  private int read(ByteBuffer into) throws ClientGone {
    int read;
    try {
      read = engine.read(into);
    } catch (IOException e) {
      throw failed(e);
    }
    flushNow(); // what the engine has to say to that
    return read;
  }

  private void offer(long count) throws ClientGone {
    try {
      engine.offer(inBytes.clear().limit((int) count));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /// Ends what has failed, after the client was told why.
  private ClientGone failed(IOException e) throws ClientGone {
    flushNow();
    return new ClientGone("TLS failed error=" + e.getMessage());
  }

  private static ByteBuffer bytes(long address, long length) {
    return Memory.at(address, length).asByteBuffer();
  }
}
