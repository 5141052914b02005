package dev.quarry.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Vector;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.PSKTlsServer;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.PskIdentity;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsPSKIdentityManager;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCrypto;

/// Our side of a handshake with a key known beforehand: TLS 1.2 with its PSK cipher suites, and TLS
/// 1.3 with an external key. All suites keep forward secrecy and authenticate what they encrypt.
final class PskHandshake extends PSKTlsServer {
  private static final int[] CIPHER_SUITES = {
    CipherSuite.TLS_AES_128_GCM_SHA256,
    CipherSuite.TLS_CHACHA20_POLY1305_SHA256,
    CipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite.TLS_DHE_PSK_WITH_AES_256_GCM_SHA384,
    CipherSuite.TLS_DHE_PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256,
  };

  private final Map<String, byte[]> keys;
  private Optional<String> name = Optional.empty();

  PskHandshake(TlsCrypto crypto, Map<String, byte[]> keys) {
    super(
        crypto,
        new TlsPSKIdentityManager() {
          @Override
          public byte[] getHint() {
            return null;
          }

          @Override
          public byte[] getPSK(byte[] identity) {
            byte[] key = keys.get(new String(identity, StandardCharsets.UTF_8));
            return key == null ? null : key.clone();
          }
        });
    this.keys = keys;
  }

  /// Whose key it was, once the handshake is done.
  Optional<String> peer() {
    return name;
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return new ProtocolVersion[] {ProtocolVersion.TLSv13, ProtocolVersion.TLSv12};
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return TlsUtils.getSupportedCipherSuites(getCrypto(), CIPHER_SUITES);
  }

  @Override
  @SuppressWarnings("rawtypes") // the library's signature
  public TlsPSKExternal getExternalPSK(Vector identities) {
    for (Object offered : identities) {
      byte[] identity = ((PskIdentity) offered).getIdentity();
      String user = new String(identity, StandardCharsets.UTF_8);
      byte[] key = keys.get(user);
      if (key != null) {
        name = Optional.of(user);
        return new BasicTlsPSKExternal(
            identity, getCrypto().createSecret(key.clone()), PRFAlgorithm.tls13_hkdf_sha256);
      }
    }
    return null;
  }

  @Override
  public void notifyHandshakeComplete() throws IOException {
    super.notifyHandshakeComplete();
    byte[] identity = context.getSecurityParametersConnection().getPSKIdentity();
    if (identity != null) {
      name = Optional.of(new String(identity, StandardCharsets.UTF_8));
    }
  }
}
