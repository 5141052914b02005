package dev.quarry.objects;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import okhttp3.Dns;

/// S3Proxy 4.1.0 over a folder, in a process of its own, without TLS and with it.
public final class S3ProxyServer implements AutoCloseable {
  private static final Duration STARTING = Duration.ofSeconds(120);
  private static final String SUFFIX = "s3.test";
  private static final S3Credentials CREDENTIALS =
      S3Credentials.of("quarry-test", "quarry-test-secret");

  private final ServerProcess process;
  private final Path data;
  private final Path certificate;
  private final int port;
  private final int tlsPort;

  private S3ProxyServer(ServerProcess process, Path data, Path certificate, int port, int tlsPort) {
    this.process = process;
    this.data = data;
    this.certificate = certificate;
    this.port = port;
    this.tlsPort = tlsPort;
  }

  /// Starts a server in an empty folder that finds the bucket in the path.
  public static S3ProxyServer start(Path folder) throws IOException, InterruptedException {
    return start(folder, List.of());
  }

  /// Starts a server in an empty folder that finds the bucket in the host's name, and only there.
  static S3ProxyServer startForHosts(Path folder) throws IOException, InterruptedException {
    return start(folder, List.of("s3proxy.virtual-host=" + SUFFIX));
  }

  private static S3ProxyServer start(Path folder, List<String> more)
      throws IOException, InterruptedException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Path keyStore = folder.resolve("key.p12");
    Path certificate = TestCertificate.create(folder, keyStore, "secret");
    int port = ServerProcess.freePort();
    int tlsPort = ServerProcess.freePort();
    List<String> properties = new ArrayList<>(more);
    properties.addAll(
        List.of(
            "s3proxy.endpoint=http://127.0.0.1:" + port,
            "s3proxy.secure-endpoint=https://127.0.0.1:" + tlsPort,
            "s3proxy.keystore-path=" + keyStore,
            "s3proxy.keystore-password=secret",
            "s3proxy.authorization=aws-v4",
            "s3proxy.identity=quarry-test",
            "s3proxy.credential=quarry-test-secret",
            "jclouds.provider=filesystem-nio2",
            "jclouds.filesystem.basedir=" + data));
    Path file = Files.write(folder.resolve("s3proxy.properties"), properties);
    ServerProcess process =
        ServerProcess.start(
            folder,
            "s3proxy",
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                libraries() + "/*",
                "org.gaul.s3proxy.Main",
                "--properties",
                file.toString()));
    try {
      process.awaitPort(port, STARTING);
      return new S3ProxyServer(process, data, certificate, port, tlsPort);
    } catch (IOException | InterruptedException e) {
      process.close();
      throw e;
    }
  }

  private static Path libraries() {
    Path libraries = Path.of("s3proxy", "target", "lib").toAbsolutePath();
    if (!Files.isDirectory(libraries)) {
      throw new IllegalStateException(
          "S3Proxy is not there; build its module first (mvn -pl snapshot-store -am) path="
              + libraries);
    }
    return libraries;
  }

  /// Settings for a bucket of this server, without TLS.
  public S3Settings settings(String bucket) {
    return TestBuckets.patient(
        S3Settings.of(URI.create("http://127.0.0.1:" + port), bucket, "us-east-1", CREDENTIALS));
  }

  /// Settings for the same bucket with TLS; [#certificate] has to be trusted.
  S3Settings tlsSettings(String bucket) {
    return TestBuckets.patient(
        S3Settings.of(
            URI.create("https://127.0.0.1:" + tlsPort), bucket, "us-east-1", CREDENTIALS));
  }

  /// Settings for a bucket with its name in the host's, to be used with [#dns].
  S3Settings hostSettings(String bucket) {
    return TestBuckets.patient(
        S3Settings.of(URI.create("http://" + SUFFIX + ":" + port), bucket, "us-east-1", CREDENTIALS)
            .withAddressing(S3Settings.Addressing.HOST));
  }

  /// Finds this server under every name.
  Dns dns() {
    return _ -> List.of(InetAddress.getLoopbackAddress());
  }

  /// The server's own certificate, as PEM.
  Path certificate() {
    return certificate;
  }

  /// The file that an object is in.
  Path file(String bucket, String name) {
    return data.resolve(bucket).resolve(name);
  }

  @Override
  public void close() throws IOException {
    process.close();
  }
}
