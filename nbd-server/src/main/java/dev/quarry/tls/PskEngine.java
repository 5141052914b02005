package dev.quarry.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.bouncycastle.tls.TlsServerProtocol;

/// TLS by Bouncy Castle, which the JDK's cannot do without certificates.
final class PskEngine implements TlsEngine {
  private final TlsServerProtocol protocol = new TlsServerProtocol();
  private final PskHandshake handshake;

  PskEngine(PskHandshake handshake) {
    this.handshake = handshake;
    try {
      protocol.accept(handshake);
    } catch (IOException e) {
      throw new IllegalStateException("nothing was received yet", e);
    }
  }

  @Override
  public void offer(ByteBuffer encrypted) throws IOException {
    byte[] bytes = new byte[encrypted.remaining()];
    encrypted.get(bytes);
    protocol.offerInput(bytes);
  }

  @Override
  public int read(ByteBuffer into) {
    return protocol.readInput(into, into.remaining());
  }

  @Override
  public boolean readable() {
    return protocol.getAvailableInputBytes() > 0;
  }

  @Override
  public void write(ByteBuffer plain) throws IOException {
    byte[] bytes = new byte[plain.remaining()];
    plain.get(bytes);
    protocol.writeApplicationData(bytes, 0, bytes.length);
  }

  @Override
  public int take(ByteBuffer into) {
    return protocol.readOutput(into, into.remaining());
  }

  @Override
  public boolean hasOutput() {
    return protocol.getAvailableOutputBytes() > 0;
  }

  @Override
  public boolean established() {
    return protocol.isConnected();
  }

  @Override
  public boolean ended() {
    return protocol.isClosed();
  }

  @Override
  public Optional<String> peer() {
    return handshake.peer();
  }

  @Override
  public void close() throws IOException {
    protocol.close();
  }
}
