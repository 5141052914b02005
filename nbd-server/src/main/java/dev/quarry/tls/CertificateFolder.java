package dev.quarry.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Makes an authority of one's own and certificates by it, laid out as QEMU, libnbd and nbdkit look
/// for them: enough for a start, and for a lab.
///
/// ```
/// ca-cert.pem      for both sides     ca-key.pem       for nobody: keep it apart
/// server-cert.pem  server-key.pem     for the server
/// client-cert.pem  client-key.pem     for a client
/// ```
///
/// Keys are on the curve P-256. Keys can be read by their owner only.
public final class CertificateFolder {
  /// How long the authority lasts.
  private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);

  /// How long what it signs lasts: the most that browsers take (CA/Browser Forum, ballot SC22 and
  /// before), which keeps other clients content.
  private static final Duration LIFE = Duration.ofDays(825);

  /// Clocks of others may be slow.
  private static final Duration EARLIER = Duration.ofHours(1);

  private static final int SERIAL_BITS = 127;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final Path folder;
  private final Instant now;
  private final SecureRandom random = new SecureRandom();

  /// The JDK's own leaves the public key out of the file of a private one, and GnuTLS wants it.
  private final Provider provider = new BouncyCastleProvider();

  private CertificateFolder(Path folder, Instant now) {
    this.folder = folder;
    this.now = now;
  }

  /// Makes the folder and everything in it.
  ///
  /// @param hosts names and addresses that clients reach the server by, at least one
  /// @param client the common name of the client's certificate
  /// @throws IOException if it cannot; nothing that is there is written over
  public static void create(Path folder, List<String> hosts, String client, Instant now)
      throws IOException {
    Files.createDirectories(folder);
    for (Holder holder : Holder.values()) {
      for (Path file : List.of(holder.certificate(folder), holder.key(folder))) {
        if (Files.exists(file)) {
          throw new IOException("file is there already file=" + file);
        }
      }
    }
    try {
      new CertificateFolder(folder, now).create(hosts, client);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("certificates cannot be made folder=" + folder, e);
    }
  }

  private void create(List<String> hosts, String client)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    KeyPair authorityKey = key();
    X500Name authority = name("Quarry authority of " + hosts.getFirst());
    Issuer issuer = new Issuer(authority, authorityKey);
    X509v3CertificateBuilder ca = builder(issuer, authority, authorityKey, AUTHORITY_LIFE);
    ca.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    ca.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    write(Holder.CA, sign(issuer, ca), authorityKey);

    KeyPair serverKey = key();
    X509v3CertificateBuilder server = builder(issuer, name(hosts.getFirst()), serverKey, LIFE);
    usage(server, KeyPurposeId.id_kp_serverAuth);
    server.addExtension(Extension.subjectAlternativeName, false, alternativeNames(hosts));
    write(Holder.SERVER, sign(issuer, server), serverKey);

    KeyPair clientKey = key();
    X509v3CertificateBuilder user = builder(issuer, name(client), clientKey, LIFE);
    usage(user, KeyPurposeId.id_kp_clientAuth);
    write(Holder.CLIENT, sign(issuer, user), clientKey);
  }

  private record Issuer(X500Name name, KeyPair key) {}

  private X509v3CertificateBuilder builder(
      Issuer issuer, X500Name subject, KeyPair key, Duration life)
      throws IOException, GeneralSecurityException {
    JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer.name(),
            new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1),
            Date.from(now.minus(EARLIER)),
            Date.from(now.plus(life)),
            subject,
            key.getPublic());
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        identifiers.createSubjectKeyIdentifier(key.getPublic()));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        identifiers.createAuthorityKeyIdentifier(issuer.key().getPublic()));
    return builder;
  }

  private static void usage(X509v3CertificateBuilder builder, KeyPurposeId purpose)
      throws IOException {
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
  }

  private X509CertificateHolder sign(Issuer issuer, X509v3CertificateBuilder builder)
      throws OperatorCreationException {
    ContentSigner signer =
        new JcaContentSignerBuilder("SHA256withECDSA")
            .setProvider(provider)
            .build(issuer.key().getPrivate());
    return builder.build(signer);
  }

  private static GeneralNames alternativeNames(List<String> hosts) {
    List<GeneralName> names = new ArrayList<>();
    for (String host : hosts) {
      boolean address = host.indexOf(':') >= 0 || host.matches("[0-9.]+");
      names.add(new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host));
    }
    return new GeneralNames(names.toArray(GeneralName[]::new));
  }

  private static X500Name name(String common) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, common).build();
  }

  private KeyPair key() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private void write(Holder holder, X509CertificateHolder certificate, KeyPair key)
      throws IOException {
    Files.writeString(holder.certificate(folder), pem(certificate), StandardOpenOption.CREATE_NEW);
    Path file = holder.key(folder);
    Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    Files.write(
        file,
        pem(new JcaPKCS8Generator(key.getPrivate(), null)).getBytes(StandardCharsets.US_ASCII));
  }

  private static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }
}
