package dev.quarry.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLPeerUnverifiedException;

/// TLS by the JDK's engine.
final class CertificateEngine implements TlsEngine {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SSLEngine engine;
  private final ByteBuffer in; // received, filled from the front
  private final ByteBuffer decrypted; // of one record, to be read
  private final OutputBytes out = new OutputBytes();
  private final ByteBuffer record; // one record on its way to `out`
  private boolean underflow = true; // what is in `in` is not a whole record
  private boolean ended;
  private boolean established;

  CertificateEngine(SSLEngine engine) {
    this.engine = engine;
    int packet = engine.getSession().getPacketBufferSize();
    in = ByteBuffer.allocate(OFFER_LIMIT_BYTES + packet);
    record = ByteBuffer.allocate(packet);
    decrypted = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).flip();
  }

  @Override
  public void offer(ByteBuffer encrypted) throws IOException {
    in.put(encrypted);
    underflow = false;
    while (!established && !ended && unwrap()) {}
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int before = into.position();
    while (into.hasRemaining()) {
      if (decrypted.hasRemaining()) {
        OutputBytes.move(decrypted, into);
      } else if (ended || !unwrap()) {
        break;
      }
    }
    return into.position() - before;
  }

  @Override
  public boolean readable() {
    return decrypted.hasRemaining() || !underflow && in.position() > 0 && !ended;
  }

  @Override
  public void write(ByteBuffer plain) throws IOException {
    while (plain.hasRemaining()) {
      if (wrap(plain).getStatus() == SSLEngineResult.Status.CLOSED) {
        throw new IOException("TLS is closed");
      }
    }
  }

  @Override
  public int take(ByteBuffer into) {
    return out.take(into);
  }

  @Override
  public boolean hasOutput() {
    return out.hasSome();
  }

  @Override
  public boolean established() {
    return established;
  }

  @Override
  public boolean ended() {
    return ended;
  }

  @Override
  public Optional<String> peer() {
    try {
      X509Certificate shown = (X509Certificate) engine.getSession().getPeerCertificates()[0];
      for (Rdn part : new LdapName(shown.getSubjectX500Principal().getName()).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          return Optional.of(part.getValue().toString());
        }
      }
      return Optional.empty();
    } catch (SSLPeerUnverifiedException | InvalidNameException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    engine.closeOutbound();
    respond();
  }

  /// Decrypts one record.
  ///
  /// @return false if there is no whole one
  private boolean unwrap() throws IOException {
    in.flip();
    decrypted.clear();
    SSLEngineResult result;
    try {
      result = engine.unwrap(in, decrypted);
    } catch (IOException e) {
      respond(); // tells the client why
      throw e;
    } finally {
      in.compact();
      decrypted.flip();
    }
    note(result);
    switch (result.getStatus()) {
      case BUFFER_UNDERFLOW -> underflow = true;
      case CLOSED -> ended = true;
      case OK -> {}
      case BUFFER_OVERFLOW -> throw new IOException("a TLS record is longer than it may be");
    }
    respond();
    return result.getStatus() == SSLEngineResult.Status.OK
        && (result.bytesConsumed() > 0 || result.bytesProduced() > 0 || in.position() > 0);
  }

  /// Does what the handshake asks of us, up to where the client has to say something.
  private void respond() throws IOException {
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> {
          for (Runnable task = engine.getDelegatedTask();
              task != null;
              task = engine.getDelegatedTask()) {
            task.run();
          }
        }
        case NEED_WRAP -> {
          if (wrap(NOTHING).getStatus() == SSLEngineResult.Status.CLOSED) {
            return;
          }
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN, FINISHED, NOT_HANDSHAKING -> {
          return;
        }
      }
    }
  }

  private SSLEngineResult wrap(ByteBuffer plain) throws IOException {
    record.clear();
    SSLEngineResult result = engine.wrap(plain, record);
    out.add(record.flip());
    note(result);
    return result;
  }

  private void note(SSLEngineResult result) {
    established |= result.getHandshakeStatus() == HandshakeStatus.FINISHED;
  }
}
