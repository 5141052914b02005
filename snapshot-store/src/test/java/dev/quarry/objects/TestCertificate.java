package dev.quarry.objects;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A certificate for the loopback address, by the JDK's keytool.
final class TestCertificate {
  private static final Duration MAKING = Duration.ofSeconds(120);

  private TestCertificate() {}

  /// Makes a key with a certificate of its own in a PKCS12 file, and answers the certificate alone.
  static Path create(Path folder, Path keyStore, String password)
      throws IOException, InterruptedException {
    Path certificate = folder.resolve("certificate.pem");
    keytool(
        folder,
        List.of(
            "-genkeypair",
            "-alias",
            "s3",
            "-keyalg",
            "EC",
            "-dname",
            "CN=127.0.0.1",
            "-ext",
            "san=ip:127.0.0.1",
            "-storetype",
            "PKCS12",
            "-keystore",
            keyStore.toString(),
            "-storepass",
            password));
    keytool(
        folder,
        List.of(
            "-exportcert",
            "-rfc",
            "-alias",
            "s3",
            "-keystore",
            keyStore.toString(),
            "-storepass",
            password,
            "-file",
            certificate.toString()));
    return certificate;
  }

  private static void keytool(Path folder, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(arguments);
    ServerProcess.run(folder, MAKING, command);
  }
}
