package dev.quarry.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;

/// TLS with X.509 certificates, from a folder laid out as QEMU, libnbd and nbdkit have it:
/// `ca-cert.pem`, `server-cert.pem`, `server-key.pem`.
public final class CertificateTls implements TlsServer {
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
  private static final char[] NO_PASSWORD = {};

  private final SSLContext context;
  private final boolean verifyPeer;

  private CertificateTls(SSLContext context, boolean verifyPeer) {
    this.context = context;
    this.verifyPeer = verifyPeer;
  }

  /// Reads a folder.
  ///
  /// @param verifyPeer whether a client has to show a certificate of the folder's authority
  /// @throws IOException if a file is missing or is not what it should be; the message names it
  public static CertificateTls load(Path folder, boolean verifyPeer) throws IOException {
    List<X509Certificate> chain = Pem.certificates(Holder.SERVER.certificate(folder));
    PrivateKey key = Pem.key(Holder.SERVER.key(folder));
    List<X509Certificate> authorities = Pem.certificates(Holder.CA.certificate(folder));
    try {
      KeyStore own = emptyStore();
      own.setKeyEntry("server", key, NO_PASSWORD, chain.toArray(Certificate[]::new));
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(own, NO_PASSWORD);
      KeyStore trusted = emptyStore();
      for (X509Certificate authority : authorities) {
        trusted.setCertificateEntry("ca" + trusted.size(), authority);
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return new CertificateTls(context, verifyPeer);
    } catch (GeneralSecurityException e) {
      throw new IOException("certificates cannot be used folder=" + folder, e);
    }
  }

  @Override
  public TlsEngine begin() {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(PROTOCOLS);
    engine.setNeedClientAuth(verifyPeer);
    return new CertificateEngine(engine);
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    return store;
  }
}
