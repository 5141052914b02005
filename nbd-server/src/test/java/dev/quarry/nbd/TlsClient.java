package dev.quarry.nbd;

import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/// The client's side of TLS, by the JDK, on a blocking channel.
final class TlsClient {
  private final SocketChannel channel;
  private final SSLEngine engine;
  private final ByteBuffer in;
  private final ByteBuffer out;
  private final ByteBuffer decrypted;

  private TlsClient(SocketChannel channel, SSLEngine engine) {
    this.channel = channel;
    this.engine = engine;
    in = ByteBuffer.allocate(engine.getSession().getPacketBufferSize()).flip();
    out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    decrypted = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).flip();
  }

  static TlsClient handshake(SocketChannel channel, Path folder, boolean withCertificate)
      throws IOException {
    TlsClient client = new TlsClient(channel, engine(folder, withCertificate));
    client.engine.beginHandshake();
    while (client.step()) {}
    return client;
  }

  void send(byte[] bytes) throws IOException {
    ByteBuffer plain = ByteBuffer.wrap(bytes);
    while (plain.hasRemaining()) {
      wrap(plain);
    }
  }

  int read(ByteBuffer into) throws IOException {
    while (!decrypted.hasRemaining()) {
      if (!unwrap()) {
        return -1;
      }
      while (step()) {}
    }
    int count = Math.min(into.remaining(), decrypted.remaining());
    into.put(decrypted.slice(decrypted.position(), count));
    decrypted.position(decrypted.position() + count);
    return count;
  }

  /// Goes on with a handshake.
  ///
  /// @return whether there is more of it to do
  private boolean step() throws IOException {
    HandshakeStatus status = engine.getHandshakeStatus();
    switch (status) {
      case NEED_TASK -> engine.getDelegatedTask().run();
      case NEED_WRAP -> wrap(ByteBuffer.allocate(0));
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
        if (!unwrap()) {
          throw new IOException("the server left during the TLS handshake");
        }
      }
      case FINISHED, NOT_HANDSHAKING -> {
        return false;
      }
    }
    return true;
  }

  private void wrap(ByteBuffer plain) throws IOException {
    out.clear();
    engine.wrap(plain, out);
    out.flip();
    while (out.hasRemaining()) {
      channel.write(out);
    }
  }

  /// Takes one record.
  ///
  /// @return false at the end
  private boolean unwrap() throws IOException {
    while (true) {
      decrypted.clear();
      SSLEngineResult result = engine.unwrap(in, decrypted);
      decrypted.flip();
      switch (result.getStatus()) {
        case OK -> {
          return true;
        }
        case BUFFER_UNDERFLOW -> {
          in.compact();
          int count = channel.read(in);
          in.flip();
          if (count < 0) {
            return false;
          }
        }
        case CLOSED -> {
          return false;
        }
        case BUFFER_OVERFLOW -> throw new IOException("record too long");
      }
    }
  }

  private static SSLEngine engine(Path folder, boolean withCertificate) throws IOException {
    try {
      KeyStore trusted = store();
      trusted.setCertificateEntry("ca", certificate(folder.resolve("ca-cert.pem")));
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      KeyStore own = store();
      if (withCertificate) {
        own.setKeyEntry(
            "client",
            key(folder.resolve("client-key.pem")),
            new char[0],
            new Certificate[] {certificate(folder.resolve("client-cert.pem"))});
      }
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(own, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      SSLEngine engine = context.createSSLEngine("localhost", 0);
      engine.setUseClientMode(true);
      return engine;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static KeyStore store() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, new char[0]);
    return store;
  }

  private static Certificate certificate(Path file) throws IOException, GeneralSecurityException {
    try (var in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static PrivateKey key(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file);
        PEMParser parser = new PEMParser(reader)) {
      return new JcaPEMKeyConverter().getPrivateKey((PrivateKeyInfo) parser.readObject());
    }
  }
}
